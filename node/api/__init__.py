"""Our additions to the client API: publications with all their facts, the network search, vocabularies.

`node.api.openapi` describes every route for programs; a test keeps the two alike.
"""

from starlette.routing import Route

from node.api import editing, publications, publishing, revisions, searching, vocabularies
from node.api.describing import describe
from node.api.parameters import BASE

ROUTES = [
    Route("/api/ilan/openapi.json", describe),
    Route(f"{BASE}/publications", publishing.create, methods=["POST"]),
    Route(f"{BASE}/publications", publications.latest),
    Route(f"{BASE}/publications/{{id}}", publications.show),
    Route(f"{BASE}/publications/{{id}}", editing.replace, methods=["PUT"]),
    Route(f"{BASE}/publications/{{id}}", editing.change, methods=["PATCH"]),
    Route(f"{BASE}/publications/{{id}}", editing.withdraw, methods=["DELETE"]),
    Route(f"{BASE}/publications/{{id}}/revisions", revisions.show),
    Route(f"{BASE}/search", searching.show),
    Route(f"{BASE}/vocabularies", vocabularies.show_all),
    Route(f"{BASE}/vocabularies/{{scheme}}", vocabularies.show),
]
