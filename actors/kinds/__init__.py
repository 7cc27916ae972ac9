"""What is special about each kind of publication, and drafts turned into what is stored.

A new kind is one module here, one entry in `KINDS`, and its counterpart in `federation.translate.kinds`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from actors.kinds import note, wording
from actors.kinds.event import EVENT, TRAINING
from actors.kinds.hashtags import hashtag, hashtags_of
from actors.kinds.note import NOTE
from actors.kinds.offer import OFFER, REQUEST
from actors.kinds.practice import PRACTICE
from actors.kinds.resource import RESOURCE
from actors.kinds.rules import Draft, KindRules, Page, Rendered
from actors.mentions import MentionTarget
from actors.taxonomy import concept
from actors.text import sanitise
from storage.actors import Actor
from storage.kinds import Kind

__all__ = ["KINDS", "Draft", "KindRules", "Rendered", "render"]

KINDS: Final[Mapping[Kind, KindRules]] = {
    rules.kind: rules for rules in (NOTE, PRACTICE, RESOURCE, EVENT, TRAINING, OFFER, REQUEST)
}
"""The kinds that can be published here."""

_IMAGE: Final = "image/"


def render(
    draft: Draft, author: Actor, targets: Mapping[str, MentionTarget] | None = None, *, url: str = ""
) -> Rendered:
    """Return a draft as it is stored: texts in every language it has, facts, hashtags, files.

    `targets` are the actors known for what `actors.mentions.find_mentions` finds in a note. `url` is the page
    it will have, which offers lead to. Takes time in proportion to the text; call it off the event loop
    for long ones.
    """
    rules = KINDS[draft.kind]
    references = list(dict.fromkeys([*draft.concepts, *rules.concepts(draft)]))
    hashtags, tags, mentions = _tags(draft, author, rules, references, targets or {})
    page = Page(author, url, targets or {}, hashtags)
    languages = _languages(draft)
    title_map = {tag: wording.line(text, wording.MAX_TITLE) for tag, text in draft.title.items()}
    summary_map = _texts(
        {tag: rules.summary(draft, tag) for tag in dict.fromkeys([draft.language, *draft.summary])}
    )
    content_map = _texts({tag: rules.content(draft, tag, page) for tag in languages})
    starts_at, ends_at = rules.times(draft)
    return Rendered(
        type=rules.type_of(draft) if rules.type_of else rules.type,
        title=title_map.get(draft.language, ""),
        title_map=title_map or None,
        summary=summary_map.get(draft.language, ""),
        summary_map=summary_map or None,
        content=content_map.get(draft.language, ""),
        content_map=content_map or None,
        source=asdict(draft) | {"kind": str(draft.kind), "visibility": str(draft.visibility)},
        details=_details(draft, rules),
        tags=tags,
        attachments=_attachments([*draft.attachments, *draft.details.get("materials", ())]),
        concepts=[
            found for reference in references if (found := concept(reference, draft.language)) is not None
        ],
        starts_at=starts_at,
        ends_at=ends_at,
        mentions=mentions,
    )


def _tags(
    draft: Draft,
    author: Actor,
    rules: KindRules,
    references: list[str],
    targets: Mapping[str, MentionTarget],
) -> tuple[tuple[str, ...], list[dict[str, Any]], tuple[str, ...]]:
    """Return hashtags, the tags as they travel and the ids of the actors mentioned."""
    if draft.kind is not Kind.NOTE:
        names = hashtags_of(references, draft.jurisdiction, draft.language, rules.tag)
        return names, [hashtag(author, name) for name in names], ()
    texts = [note.rendered(draft, tag, Page(author, targets=targets)) for tag in _languages(draft)]
    mentions = tuple(dict.fromkeys(uri for text in texts for uri in text.mentions))
    names = tuple(dict.fromkeys(name for text in texts for name in text.hashtags))
    handles = {target.uri: target.handle for target in targets.values()}
    mentioned = [{"type": "Mention", "href": uri, "name": f"@{handles[uri].lstrip('@')}"} for uri in mentions]
    return names, [*mentioned, *(hashtag(author, name) for name in names)], mentions


def _languages(draft: Draft) -> list[str]:
    """Return the languages in which the draft has a text, its own first."""
    sections = draft.details.get("sections", {}).values()
    return list(dict.fromkeys([draft.language, *draft.body, *(tag for texts in sections for tag in texts)]))


def _texts(by_language: Mapping[str, str]) -> dict[str, str]:
    """Sanitise what was put together; languages that have nothing to say are left out."""
    return {tag: clean for tag, html in by_language.items() if (clean := sanitise(html))}


def _details(draft: Draft, rules: KindRules) -> dict[str, Any]:
    facts = rules.facts(draft)
    group = draft.audience_group
    return facts | ({"audience_group": group} if group and "://" in group else {})


def _attachments(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return files in ActivityStreams' words, pictures first: some servers look at the first one only."""
    names = {"media_type": "mediaType"}
    written = [
        {
            "type": "Image" if entry["media_type"].startswith(_IMAGE) else "Document",
            **{names.get(name, name): value for name, value in entry.items()},
        }
        for entry in files
    ]
    return sorted(written, key=lambda entry: entry["type"] != "Image")
