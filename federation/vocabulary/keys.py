"""Public keys and proofs as documents; what they are worth is decided elsewhere.

`publicKey` holds PEM (security/v1), `assertionMethod` holds Multikeys (FEP-521a); proofs follow FEP-8b32.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.reading import Document

MAX_KEYS: Final = 10
"""Keys read from each of `publicKey` and `assertionMethod`."""

_MAX_KEY_LENGTH: Final = 16_384


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: in PEM, as a Multikey, or only named, so that its document has to be fetched."""

    id: str
    owner: str
    pem: str | None = None
    multibase: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A data integrity proof (FEP-8b32); verify it on `document`, which has every option as it came."""

    type: str
    verification_method: str
    value: str
    cryptosuite: str | None = None
    purpose: str | None = None
    created: datetime | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


def read_key(document: Document) -> Key:
    """Read a key that is a document of its own, or raise Malformed.

    GoToSocial serves keys at addresses of their own, without a type.
    """
    key = Key(
        reading.required_id(document, "id"),
        reading.linked_id(document, "owner", "controller") or reading.required_id(document, "owner"),
        _material(document, "publicKeyPem"),
        _material(document, "publicKeyMultibase"),
    )
    if key.pem is None and key.multibase is None:
        raise Malformed("publicKeyPem: expected a key")
    return key


def read_keys(document: Document, actor: str) -> tuple[Key, ...]:
    """Return the keys that an actor's document lists; entries that conform to nothing are left out.

    A key that does not say whose it is belongs to the actor that lists it.
    """
    named = (
        _listed(entry, actor)
        for field_name in ("publicKey", "assertionMethod")
        for entry in reading.many(document, field_name, MAX_KEYS)
    )
    return tuple(dict.fromkeys(key for key in named if key is not None))


def read_proof(document: Document) -> Proof:
    """Read a proof, or raise Malformed."""
    value = reading.string(document, "proofValue")
    if value is None:
        raise Malformed("proofValue: expected text")
    return Proof(
        reading.types(document)[0],
        reading.required_id(document, "verificationMethod"),
        value,
        reading.string(document, "cryptosuite"),
        reading.string(document, "proofPurpose"),
        reading.timestamp(document, "created"),
        document,
    )


def _listed(entry: Any, actor: str) -> Key | None:
    name = reading.id_of(entry)
    if name is None:
        return None
    if type(entry) is not dict:
        return Key(name, actor)
    owner = reading.linked_id(entry, "owner", "controller") or actor
    return Key(name, owner, _material(entry, "publicKeyPem"), _material(entry, "publicKeyMultibase"))


def _material(document: Document, field_name: str) -> str | None:
    """Return the text of a key, or None; one that is too long is ignored, since a key cut short is none."""
    value = document.get(field_name)
    return value if type(value) is str and 0 < len(value) <= _MAX_KEY_LENGTH else None
