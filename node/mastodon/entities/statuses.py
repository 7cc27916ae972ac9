"""Statuses: publications and shares as clients see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actors.filtering import Match
from actors.text import plain
from node.mastodon.entities.accounts import acct
from node.mastodon.entities.cards import card_of
from node.mastodon.entities.emojis import emojis_of
from node.mastodon.entities.filters import result_entity
from node.mastodon.entities.media import attachment_entities
from node.mastodon.entities.quotes import quote_approval
from node.mastodon.entities.rich import facts_of, text_of
from node.mastodon.replies import stamp, stamp_or_none
from storage.actors import Actor
from storage.items import Item
from storage.kinds import Visibility
from storage.publications import Publication


@dataclass(frozen=True, slots=True)
class Rendering:
    """What does not depend on the reader: the fields of a status, and its words for filters to look into.

    `publication` is the row without its long texts, which nobody needs to keep. `card_author_id` names the
    author of what the card shows.
    """

    fields: dict[str, Any]
    words: str
    publication: Publication
    card_author_id: int | None = None


def rendering_of(
    publication: Publication,
    author: Actor,
    mentioned: Mapping[str, Actor],
    base_url: str,
    *,
    linked: tuple[Publication, Actor] | None = None,
) -> Rendering:
    """Return what a publication looks like to every reader.

    `mentioned` are known actors by their URIs; `linked` is what a post links to, with its author, where that
    is known here.
    """
    content = text_of(publication)
    # Articles have their picture in the card: beside media, programs show no card.
    is_article = publication.type in _ARTICLES
    media = [] if is_article else attachment_entities(publication.id, publication.attachments, base_url)
    shown, shown_author = linked or (publication, author)
    card = None if media else card_of(shown, shown_author, base_url)
    spoiler = plain(publication.summary) if publication.type in _PLAIN else ""
    fields = {
        "created_at": stamp(publication.published_at),
        "sensitive": publication.sensitive or bool(spoiler),
        "spoiler_text": spoiler,
        "visibility": publication.visibility,
        "language": publication.language,
        "uri": publication.uri,
        "url": publication.url or publication.uri,
        "content": content,
        "edited_at": stamp_or_none(publication.updated_at),
        "media_attachments": media,
        "mentions": [
            {
                "id": str(actor.id),
                "username": actor.username,
                "acct": acct(actor),
                "url": actor.url or actor.uri,
            }
            for tag in publication.tags
            if tag.get("type") == "Mention" and (actor := mentioned.get(str(tag.get("href")))) is not None
        ],
        "tags": [
            {"name": str(tag.get("name", "")).removeprefix("#"), "url": tag["href"]}
            for tag in publication.tags
            if tag.get("type") == "Hashtag" and isinstance(tag.get("href"), str)
        ],
        "emojis": emojis_of(publication.tags),
        "card": card,
        "application": _application(publication),
        "ilan": facts_of(publication),
    }
    words = "\n".join([spoiler, plain(content), *(str(each["description"] or "") for each in media)])
    slim = replace(publication, content="", content_map=None, summary_map=None, source=None, document=None)
    return Rendering(fields, words, slim, shown_author.id if card else None)


def status_entity(
    item: Item,
    rendering: Rendering,
    account: dict[str, Any],
    *,
    reader_id: int | None,
    matches: Sequence[Match] = (),
    card_account: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the Status of a publication, without what its poll and its quote add.

    `matches` are the reader's filters that apply to it; `card_account` is the account of who wrote what the
    card shows.
    """
    entity: dict[str, Any] = {
        "id": str(item.publication_id),
        **rendering.fields,
        "in_reply_to_id": None if item.parent_id is None else str(item.parent_id),
        "in_reply_to_account_id": None if item.parent_author_id is None else str(item.parent_author_id),
        "replies_count": item.answers,
        "reblogs_count": item.shares,
        "favourites_count": item.likes,
        "quotes_count": item.quotes,
        "account": account,
        "reblog": None,
        "poll": None,
        "quote": None,
        "quote_approval": quote_approval(
            rendering.publication,
            reader_id,
            follows=item.follows_author,
            is_followed=item.is_followed_by_author,
        ),
    }
    if entity["card"] is not None:
        authors = [{**each, "account": card_account} for each in entity["card"]["authors"]]
        entity["card"] = entity["card"] | {"authors": authors}
    if reader_id is not None:
        entity |= {
            "favourited": item.is_liked,
            "reblogged": item.is_shared,
            "muted": item.is_silent,
            "bookmarked": item.is_bookmarked,
            "filtered": [result_entity(match) for match in matches],
        }
        if item.author_id == reader_id and rendering.publication.visibility != Visibility.DIRECT:
            entity["pinned"] = item.is_pinned
    return entity


def share_entity(item: Item, status: dict[str, Any], sharer: dict[str, Any]) -> dict[str, Any]:
    """Return the Status that wraps what somebody shared; it has a number of its own."""
    assert item.shared_at is not None
    wrapper = status | {
        "id": str(item.id),
        "created_at": stamp(item.shared_at),
        "uri": item.share_uri,
        "url": item.share_uri,
        "visibility": Visibility.PRIVATE.value if item.shared_with_followers else status["visibility"],
        "account": sharer,
        "reblog": status,
        "content": "",
        "spoiler_text": "",
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": None,
        "edited_at": None,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
    }
    wrapper.pop("ilan", None)
    wrapper.pop("pinned", None)
    return wrapper


_PLAIN = frozenset({"Note", "Question"})
_ARTICLES = frozenset({"Article", "Page"})


def _application(publication: Publication) -> Any:
    application = publication.details.get("application")
    return application if isinstance(application, dict) else None
