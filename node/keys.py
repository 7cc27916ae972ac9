"""Keys for new actors of this node."""

from actors.accounts import NewKeys
from federation import signatures


def new_keys() -> NewKeys:
    """Make the two keys of an actor. Takes up to half a second, so keep it off the event loop."""
    rsa = signatures.generate_rsa()
    ed25519 = signatures.generate_ed25519()
    return NewKeys(
        rsa_private=rsa.private,
        rsa_public=rsa.public,
        ed25519_private=ed25519.private,
        ed25519_public=_multikey(ed25519.public),
    )


def _multikey(pem: str) -> str:
    return signatures.write_multikey(signatures.read_public_pem(pem))
