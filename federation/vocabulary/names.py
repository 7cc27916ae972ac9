"""The words of the protocol: namespaces, type names and the collection that means everybody.

Source: https://www.w3.org/TR/activitystreams-vocabulary/ and the extensions named below.
"""

from typing import Final

AS2_CONTEXT: Final = "https://www.w3.org/ns/activitystreams"
SECURITY_CONTEXT: Final = "https://w3id.org/security/v1"
DATA_INTEGRITY_CONTEXT: Final = "https://w3id.org/security/data-integrity/v2"

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"

PUBLIC_SPELLINGS: Final = frozenset(
    {PUBLIC, "as:Public", "Public", "http://www.w3.org/ns/activitystreams#Public"},
)
"""Every way in which `PUBLIC` is written (ActivityPub section 5.6)."""

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Organization", "Group", "Application"})

OBJECT_TYPES: Final = frozenset(
    {
        "Article",
        "Audio",
        "Document",
        "Event",
        "Image",
        "Note",
        "Page",
        "Profile",
        "Question",
        "Tombstone",
        "Video",
        # Extensions seen on the wire: Pleroma, BookWyrm, Funkwhale and Bandwagon, NodeBB, Mobilizon.
        "Album",
        "ChatMessage",
        "Comment",
        "Conversation",
        "GeneratedNote",
        "Proposal",  # FEP-0837
        "Quotation",
        "Review",
        "Todo",
        "TodoList",
        "Track",
    },
)
"""Types read as `Object`; any other type with a text of its own is read as `Object` as well."""

COLLECTION_TYPES: Final = frozenset(
    {
        "Collection",
        "CollectionPage",
        "OrderedCollection",
        "OrderedCollectionPage",
        "FeaturedCollection",  # FEP-7aa9
        "OrganizersCollection",  # FEP-8a8e
        "orderedCollection",  # Hubzilla
    },
)

AUTHORIZATION_TYPES: Final = frozenset(
    {
        "QuoteAuthorization",
        "LikeAuthorization",
        "ReplyAuthorization",
        "AnnounceAuthorization",
        "FeatureAuthorization",
        "LikeApproval",
        "ReplyApproval",
        "AnnounceApproval",
    },
)
"""Stamps that let one object interact with another (FEP-044f, FEP-7aa9, GoToSocial)."""

_ACTIVITY_TYPES = frozenset(
    {
        "Accept",
        "Add",
        "Announce",
        "Arrive",
        "Block",
        "Create",
        "Delete",
        "Dislike",
        "Flag",
        "Follow",
        "Ignore",
        "Invite",
        "Join",
        "Leave",
        "Like",
        "Listen",
        "Move",
        "Offer",
        "Read",
        "Reject",
        "Remove",
        "TentativeAccept",
        "TentativeReject",
        "Travel",
        "Undo",
        "Update",
        "View",
    },
)
_OTHER_AS2_TYPES = frozenset({"Hashtag", "Link", "Mention", "Place", "Relationship"})

_NAMESPACES: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (
        ("as:", f"{AS2_CONTEXT}#", "http://www.w3.org/ns/activitystreams#"),
        ACTOR_TYPES.union(OBJECT_TYPES, COLLECTION_TYPES, _ACTIVITY_TYPES, _OTHER_AS2_TYPES),
    ),
    (("toot:", "http://joinmastodon.org/ns#"), frozenset({"Emoji", "FeaturedCollection", "FeaturedItem"})),
    (("litepub:", "http://litepub.social/ns#"), frozenset({"ChatMessage", "EmojiReact"})),
    (("lemmy:", "https://join-lemmy.org/ns#"), frozenset({"CommunityTag", "CommunityPostTag"})),
    (("schema:", "http://schema.org#", "http://schema.org/"), frozenset({"PropertyValue", "PostalAddress"})),
    (("sec:", "https://w3id.org/security#"), frozenset({"DataIntegrityProof", "Key", "Multikey"})),
    (
        ("gts:", "https://gotosocial.org/ns#"),
        AUTHORIZATION_TYPES | {"LikeRequest", "ReplyRequest", "AnnounceRequest", "QuoteRequest"},
    ),
    (("https://w3id.org/fep/044f#",), frozenset({"QuoteAuthorization", "QuoteRequest"})),
    (
        ("https://w3id.org/fep/7aa9#",),
        frozenset({"FeatureAuthorization", "FeaturedCollection", "FeaturedItem"}),
    ),
    (
        ("vf:", "https://w3id.org/valueflows/ont/vf#"),
        frozenset({"Proposal", "Intent", "Agreement", "Commitment"}),
    ),
    (("skos:", "http://www.w3.org/2004/02/skos/core#"), frozenset({"Concept", "ConceptScheme"})),
)

TYPE_ALIASES: Final[dict[str, str]] = {
    f"{prefix}{name}": name for prefixes, names in _NAMESPACES for prefix in prefixes for name in names
}
"""Prefixed and full names of types, to the short names used here."""

ILAN_NAMESPACE: Final = "https://w3id.org/ilan/ns#"


def short_term(term: str) -> str:
    """Return a term of our own namespace as `ilan:…`, and any other term as it is."""
    return f"ilan:{term[len(ILAN_NAMESPACE) :]}" if term.startswith(ILAN_NAMESPACE) else term
