"""What other nodes may ask of this one and tell it."""

from starlette.routing import BaseRoute, Route

from node.activitypub import actors, collections, discovery, inbox, publications
from node.http.keeping import keeping

ROUTES: list[BaseRoute] = [
    # What is asked most comes first: routes are tried in their order.
    Route("/inbox", inbox.post, methods=["POST"]),
    Route("/actors/{username}/inbox", inbox.post_to_actor, methods=["POST"]),
    Route("/actors/{username}", keeping("actors", "signing_keys", quota=actors.quota_of)(actors.show)),
    Route("/o/{number}", keeping(*publications.TABLES)(publications.show)),
    Route("/.well-known/webfinger", keeping("actors", "publications")(discovery.webfinger)),
    Route("/actors/{username}/outbox", collections.outbox),
    Route("/actors/{username}/followers", collections.followers),
    Route("/actors/{username}/following", collections.following),
    Route("/actors/{username}/featured", collections.featured),
    Route("/actors/{username}/activities/{number}", publications.show_activity),
    Route("/actors/{username}/quote_authorizations/{number}", publications.show_stamp),
    Route("/o/{number}/replies", collections.replies),
    Route("/o/{number}/likes", collections.likes),
    Route("/o/{number}/shares", collections.shares),
    Route("/.well-known/nodeinfo", discovery.nodeinfo_links),
    Route("/nodeinfo/{version}", discovery.nodeinfo),
    Route("/.well-known/host-meta", discovery.host_meta),
    Route("/.well-known/host-meta.json", discovery.host_meta_json),
]
"""Every address of the protocol (`operating.md`, Addresses)."""
