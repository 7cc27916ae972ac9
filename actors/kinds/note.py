"""Notes: short posts, typed as plain text the way microblogs are, with mentions and hashtags."""

from typing import Any, Final

from actors.addresses import tag_url
from actors.fields import Fields
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.mentions import RenderedText, render_note
from storage.kinds import Kind


def rendered(draft: Draft, language: str, page: Page) -> RenderedText:
    """Return a note's text in one language, with its mentions and hashtags."""
    return render_note(
        draft.body.get(language, ""),
        targets=page.targets,
        tag_url=lambda tag: tag_url(page.author, tag),
    )


def _read(_fields: Fields) -> dict[str, Any]:
    return {}


def _facts(_draft: Draft) -> dict[str, Any]:
    return {}


def _summary(draft: Draft, language: str) -> str:
    """Return the content warning."""
    return wording.escaped_line(draft.summary.get(language, ""), wording.MAX_SUMMARY)


def _content(draft: Draft, language: str, page: Page) -> str:
    return rendered(draft, language, page).html


NOTE: Final = KindRules(
    kind=Kind.NOTE,
    type="Note",
    tag="",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
)
