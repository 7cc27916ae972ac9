"""Files for people and their programs: uploads by their names, and copies of other nodes' pictures."""

from starlette.routing import BaseRoute, Route

from node.media import missing, proxying, serving

ROUTES: list[BaseRoute] = [
    Route("/media/files/{name}", serving.show),
    Route("/media/files/{name}/{title}", serving.show_titled),
    Route("/media/proxy/actors/{actor_id}/{which}", proxying.show_portrait),
    Route("/media/proxy/{publication_id}/{place}", proxying.show),
    Route("/media/proxy/{publication_id}/{place}/small", proxying.show_small),
    Route("/static/avatars/missing.png", missing.show_avatar),
    Route("/static/headers/missing.png", missing.show_header),
]
