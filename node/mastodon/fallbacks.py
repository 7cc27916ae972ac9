"""What a program is told in words of notifications whose types it does not know (Mastodon 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from actors.labels import label
from actors.notifying import About
from node.context import Node
from node.http.auth import Caller
from node.mastodon.parameters import Parameters

_NEWER: Final = {
    About.SIGN_UP: "notice.sign_up",
    About.REPORT: "notice.report",
    About.SEVERED: "notice.severed",
    About.WARNING: "notice.warning",
}
"""Types that not every program knows; all others never come with a fallback."""


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """The types that a program knows, and the language of whoever uses it."""

    supported: frozenset[str]
    language: str

    def of(self, about: str, doer: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to add to a notification, if anything.

        `doer` is the Account of whoever did it, and `case` what `cases_of` found about it.
        """
        key = _NEWER.get(About(about))
        if key is None or about in self.supported:
            return {}
        report, event = case.get("report"), case.get("event")
        title = label(
            key,
            self.language,
            name=_link(doer),
            target=_link(report["target_account"]) if report else "",
            host=escape(event["target_name"]) if event else "",
        )
        summary = None
        if event:
            summary = label(
                "notice.severed_summary",
                self.language,
                followers=event["followers_count"],
                following=event["following_count"],
            )
        return {"fallback": {"title": title, "summary": summary, "description": None}}


def fallbacks_of(node: Node, caller: Caller, parameters: Parameters) -> Fallbacks | None:
    """Return what a request says of the types that its program knows; None where it says nothing."""
    if not parameters.has("supported_types"):
        return None
    language = caller.member.language or node.settings.node.languages[0]
    return Fallbacks(frozenset(parameters.texts("supported_types")), language)


def _link(account: Mapping[str, Any]) -> str:
    name = account["display_name"] or account["username"]
    return f'<a href="{escape(account["url"])}">{escape(name)}</a>'
