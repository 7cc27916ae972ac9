"""OAuth 2 as Mastodon does it, and the pages on which people sign in, join, and let programs in."""

from starlette.routing import BaseRoute

from node.oauth import account, authorizing, invitations, metadata, signing_in, tokens

__all__ = ["ROUTES"]

ROUTES: list[BaseRoute] = [
    *authorizing.ROUTES,
    *tokens.ROUTES,
    *metadata.ROUTES,
    *signing_in.ROUTES,
    *invitations.ROUTES,
    *account.ROUTES,
]
