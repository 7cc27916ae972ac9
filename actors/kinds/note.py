"""Notes: short posts, typed as plain text the way microblogs are, with mentions and hashtags.

A note may ask something (a poll) and quote something; who may quote it is its author's choice.
"""

from typing import Any, Final

from actors.addresses import tag_url
from actors.characters import readable
from actors.fields import Fields
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.mentions import RenderedText, render_note
from actors.polling import MAX_OPTION_CHARACTERS, MAX_OPTIONS
from actors.quote_policies import POLICIES
from storage.kinds import Kind

_LONGEST_NAME: Final = 60


def rendered(draft: Draft, language: str, page: Page) -> RenderedText:
    """Return a note's text in one language, with its mentions and hashtags."""
    return render_note(
        draft.body.get(language, ""),
        targets=page.targets,
        tag_url=lambda tag: tag_url(page.author, tag),
    )


def _read(fields: Fields) -> dict[str, Any]:
    return {
        "poll": _read_poll(fields),
        "quote": fields.url("quote"),
        "quote_policy": fields.choice("quote_policy", tuple(POLICIES)),
        "application": _read_application(fields),
    }


def _read_application(fields: Fields) -> dict[str, Any]:
    """Return what program a note was written with."""
    application = fields.part("application")
    if application is None:
        return {}
    found = {"name": application.text("name", _LONGEST_NAME), "website": application.url("website")}
    application.refuse_unknown()
    return {name: value for name, value in found.items() if value is not None}


def _read_poll(fields: Fields) -> dict[str, Any]:
    poll = fields.part("poll")
    if poll is None:
        return {}
    titles = poll.items("options", _option, f"texts of 1 to {MAX_OPTION_CHARACTERS} characters")
    if not 1 < len(titles) <= MAX_OPTIONS:
        poll.fault("options", f"must be from 2 to {MAX_OPTIONS} different texts")
    ends = poll.moment("ends")
    found = {
        "options": titles,
        "multiple": bool(poll.flag("multiple")),
        "hide_totals": bool(poll.flag("hide_totals")),
        "ends": ends.isoformat() if ends else None,
    }
    poll.refuse_unknown()
    return found


def _option(value: Any) -> str | None:
    title = readable(value).strip() if isinstance(value, str) else ""
    return title if 0 < len(title) <= MAX_OPTION_CHARACTERS and "\n" not in title else None


def _facts(draft: Draft) -> dict[str, Any]:
    told = ("quote", "quote_policy", "application")
    return {name: draft.details[name] for name in told if name in draft.details}


def _type(draft: Draft) -> str:
    return "Question" if "poll" in draft.details else "Note"


def _summary(draft: Draft, language: str) -> str:
    """Return the content warning."""
    return wording.escaped_line(draft.summary.get(language, ""), wording.MAX_SUMMARY)


def _content(draft: Draft, language: str, page: Page) -> str:
    """Return the text, after a link to what is quoted for those who do not know of quotes (FEP-044f)."""
    quoted = draft.details.get("quote")
    html = rendered(draft, language, page).html
    return f'<p class="quote-inline">RE: {wording.link(quoted, quoted)}</p>{html}' if quoted else html


NOTE: Final = KindRules(
    kind=Kind.NOTE,
    type="Note",
    tag="",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
    type_of=_type,
)
