"""Posts as members write them in their apps: the words of the client API, checked and turned into notes.

What is said to whoever wrote something that cannot be posted is said in Mastodon's sentences, which apps show
and some of them look for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from actors.attaching import attach, check_attachable, file_of
from actors.counting import length_of, post_length
from actors.drafts import Draft, draft_of
from actors.errors import Invalid, NotFound
from actors.locales import FALLBACK, language_tag
from actors.polling import LONGEST, MAX_OPTION_CHARACTERS, MAX_OPTIONS, SHORTEST
from actors.publishing import edit, publish
from actors.quote_policies import POLICIES
from actors.quoting import NO_SUCH_POST
from storage.actors import Actor
from storage.kinds import Kind, MediaKind, Visibility
from storage.media import Media
from storage.preferences import Preferences
from storage.publications import Publication
from storage.transaction import Transaction

NOTHING_TO_ANSWER: Final = "The post you are trying to reply to does not appear to exist."
NOT_MENTIONED: Final = "Cannot quote a non-mentioned user in a Private Mention post."
UNEXPECTED: Final = "Post would be sent to unexpected accounts"

_SYMBOLS: Final = (
    ({MediaKind.VIDEO, MediaKind.GIFV}, "📹"),
    ({MediaKind.AUDIO}, "🎵"),
    ({MediaKind.IMAGE}, "🖼"),
)


class UnexpectedMentions(Invalid):
    """A post would reach actors whom its author did not have in mind."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        super().__init__(UNEXPECTED)
        self.actors = tuple(actors)


@dataclass(frozen=True, slots=True)
class PollWords:
    """A poll as it is asked for; `expires_in` are seconds from when it is posted."""

    options: tuple[str, ...]
    expires_in: int | None
    multiple: bool = False
    hide_totals: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """A post as its author's app sent it. What is None was not said, and is as the author usually wants it.

    `reply_to` and `quoted` are publications by their numbers; `allowed_mentions` are the only actors that may
    be mentioned, by theirs. `application` is {"name", "website"}. `kept_files` are the addresses of files of
    the post that nobody uploaded.
    """

    text: str = ""
    spoiler_text: str = ""
    sensitive: bool | None = None
    visibility: str | None = None
    language: str | None = None
    reply_to: int | None = None
    media_ids: tuple[int, ...] = ()
    poll: PollWords | None = None
    quoted: int | None = None
    quote_policy: str | None = None
    application: Mapping[str, Any] | None = None
    allowed_mentions: tuple[int, ...] | None = None
    kept_files: tuple[str, ...] = ()

    def with_files(self, files: Mapping[int, str]) -> "Composition":
        """Return the same with those of its media that are no uploads as files that stay.

        `files` are the addresses of those that the post has, by the numbers under which apps know them.
        """
        return replace(
            self,
            media_ids=tuple(number for number in self.media_ids if number not in files),
            kept_files=tuple(files[number] for number in self.media_ids if number in files),
        )


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual where a post does not say it: the author's preferences, and their node's language."""

    preferences: Preferences
    language: str = FALLBACK
    most_characters: int = 5000


async def read_composition(tx: Transaction, author: Actor, composition: Composition, usual: Usual) -> Draft:
    """Return the note that a composition describes.

    Raises Invalid for what cannot be posted, NotFound for what cannot be answered or quoted.
    """
    media = await check_attachable(tx, author, composition.media_ids)
    text = _filled(composition, media)
    check_words(composition, text, usual)
    answered = await _named(tx, author, composition.reply_to, NOTHING_TO_ANSWER)
    quoted = await _named(tx, author, composition.quoted, NO_SUCH_POST)
    language = language_tag(composition.language or "") or language_tag(usual.preferences.language or "")
    language = language or language_tag(usual.language) or FALLBACK
    sensitive = composition.sensitive
    if sensitive is None:
        sensitive = usual.preferences.sensitive
    details: dict[str, Any] = {
        "poll": poll_details(composition.poll, tx.now) if composition.poll else None,
        "quote": quoted.uri if quoted else None,
        "quote_policy": composition.quote_policy or usual.preferences.quote_policy,
        "application": dict(composition.application) if composition.application else None,
    }
    return Draft(
        kind=Kind.NOTE,
        language=language,
        body={language: text} if text else {},
        summary={language: composition.spoiler_text} if composition.spoiler_text else {},
        visibility=_visibility(composition, usual, quoted),
        attachments=[file_of(each) for each in media],
        in_reply_to=answered.uri if answered else None,
        sensitive=sensitive or bool(composition.spoiler_text.strip()),
        details={name: value for name, value in details.items() if value is not None},
    )


async def compose(
    tx: Transaction,
    author: Actor,
    composition: Composition,
    usual: Usual,
    mentioned: Mapping[str, Actor],
) -> Publication:
    """Publish what a composition describes, with its media.

    `mentioned` are the actors that were found for its mentions before the transaction. Raises as
    `read_composition`, and UnexpectedMentions for those who were not meant.
    """
    draft = await read_composition(tx, author, composition, usual)
    if composition.allowed_mentions is not None:
        meant = {author.id, *composition.allowed_mentions}
        unexpected = {each.id: each for each in mentioned.values() if each.id not in meant}
        if unexpected:
            raise UnexpectedMentions(list(unexpected.values()))
    await _check_private_quote(tx, author, draft, mentioned)
    publication = await publish(tx, author, draft, mentioned=mentioned)
    await attach(tx, author, composition.media_ids, publication)
    return publication


async def read_revision(
    tx: Transaction, author: Actor, publication: Publication, composition: Composition, usual: Usual
) -> Draft:
    """Return the note that shall stand in place of one: text, warning, media and poll are all said anew.

    Who may read it, what it answers and quotes, and who may quote it stay as they were, but where the last is
    said. Raises Invalid for what cannot be posted.
    """
    assert publication.source is not None, "what is published here has a source"
    former = draft_of(publication.source)
    media = await check_attachable(tx, author, composition.media_ids, publication)
    composition = replace(
        composition, quoted=publication.id if former.details.get("quote") else None, visibility=None
    )
    # As everywhere: a post that only has a warning left says that instead.
    if not composition.text.strip() and composition.quoted is None and not composition.media_ids:
        composition = replace(composition, text=composition.spoiler_text, spoiler_text="")
    text = _filled(composition, media)
    check_words(composition, text, usual)
    language = language_tag(composition.language or "") or former.language
    details = {name: value for name, value in former.details.items() if name != "poll"}
    if composition.poll is not None:
        details["poll"] = poll_details(composition.poll, tx.now)
    if composition.quote_policy is not None:
        details["quote_policy"] = composition.quote_policy
    return replace(
        former,
        language=language,
        body={language: text} if text else {},
        summary={language: composition.spoiler_text} if composition.spoiler_text else {},
        attachments=[
            *(each for each in former.attachments if each["url"] in composition.kept_files),
            *(file_of(each) for each in media),
        ],
        sensitive=bool(composition.sensitive) or bool(composition.spoiler_text.strip()),
        details=details,
    )


async def recompose(
    tx: Transaction,
    author: Actor,
    publication: Publication,
    composition: Composition,
    usual: Usual,
    mentioned: Mapping[str, Actor],
) -> Publication:
    """Publish a composition in place of a note; the same again changes nothing. Raises as `read_revision`."""
    draft = await read_revision(tx, author, publication, composition, usual)
    changed = await edit(tx, author, publication, draft, mentioned=mentioned)
    await attach(tx, author, composition.media_ids, changed)
    return changed


def check_words(composition: Composition, text: str, usual: Usual) -> None:
    """Raise Invalid for what no post can say: nothing, too much, or what is no choice."""
    has_more = (
        composition.media_ids
        or composition.kept_files
        or composition.poll is not None
        or composition.quoted is not None
    )
    if not text.strip() and not has_more:
        raise invalid("Text can't be blank", "status")
    if post_length(text, composition.spoiler_text) > usual.most_characters:
        raise invalid(f"Text character limit of {usual.most_characters} exceeded", "status")
    if composition.visibility is not None and composition.visibility not in list(Visibility):
        raise invalid("Visibility is not included in the list", "visibility")
    if composition.quote_policy is not None and composition.quote_policy not in POLICIES:
        raise invalid("Quote approval policy is not included in the list", "quote_approval_policy")
    if composition.poll is not None:
        _check_poll(composition.poll)


def poll_details(poll: PollWords, now: datetime) -> dict[str, Any]:
    """Return a poll as a note's draft says it."""
    assert poll.expires_in is not None, "a poll without an end is refused before"
    return {
        "options": [option.strip() for option in poll.options],
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
        "ends": (now + timedelta(seconds=poll.expires_in)).isoformat(),
    }


def invalid(sentence: str, name: str) -> Invalid:
    """Return the refusal of something that is wrong with a field, in the words that apps know."""
    return Invalid(f"Validation failed: {sentence}", {name: sentence})


def _check_poll(poll: PollWords) -> None:
    options = [option.strip() for option in poll.options]
    if len(options) < 2:  # noqa: PLR2004 - a choice is between two at least
        raise invalid("Choices must have more than one item", "poll[options]")
    if len(options) > MAX_OPTIONS:
        raise invalid(f"Choices can't contain more than {MAX_OPTIONS} items", "poll[options]")
    if not all(options):
        raise invalid("Choices can't be blank", "poll[options]")
    if any(length_of(option) > MAX_OPTION_CHARACTERS for option in options):
        raise invalid(
            f"Choices cannot be longer than {MAX_OPTION_CHARACTERS} characters each", "poll[options]"
        )
    if len(set(options)) < len(options):
        raise invalid("Choices contain duplicate items", "poll[options]")
    if poll.expires_in is None:
        raise invalid("Deadline can't be blank", "poll[expires_in]")
    if poll.expires_in > LONGEST.total_seconds():
        raise invalid("Deadline is too far into the future", "poll[expires_in]")
    if poll.expires_in < SHORTEST.total_seconds():
        raise invalid("Deadline is too soon", "poll[expires_in]")


def _filled(composition: Composition, media: Sequence[Media]) -> str:
    """Return the text; where there is nothing but a warning, a symbol that stands for what is behind it."""
    if composition.text.strip() or not composition.spoiler_text.strip() or composition.quoted is not None:
        return composition.text
    kinds = {each.kind for each in media}
    return next((symbol for meant, symbol in _SYMBOLS if not meant.isdisjoint(kinds)), ".")


def _visibility(composition: Composition, usual: Usual, quoted: Publication | None) -> Visibility:
    chosen = Visibility(composition.visibility or usual.preferences.privacy)
    is_open = chosen in {Visibility.PUBLIC, Visibility.UNLISTED}
    # What only followers may read is quoted for nobody else.
    if quoted is not None and quoted.visibility == Visibility.PRIVATE and is_open:
        return Visibility.PRIVATE
    return chosen


async def _named(tx: Transaction, author: Actor, number: int | None, sentence: str) -> Publication | None:
    """Return what is meant by a number, its own or that of a share, if the author may read it."""
    if number is None:
        return None
    item = await tx.timelines.find(author, number)
    if item is None:
        raise NotFound(sentence)
    return await tx.publications.get(item.publication_id)


async def _check_private_quote(
    tx: Transaction, author: Actor, draft: Draft, mentioned: Mapping[str, Actor]
) -> None:
    quoted = draft.details.get("quote")
    if quoted is None or draft.visibility != Visibility.DIRECT:
        return
    found = await tx.publications.by_uri(quoted)
    told = {author.id, *(each.id for each in mentioned.values())}
    if found is not None and found.author_id not in told:
        raise invalid(NOT_MENTIONED, "quoted_status_id")
