"""What a node says of itself where its operators have written nothing: in every language of the pages."""

from html import escape
from typing import Final

from node.pages.catalogues import message
from node.pages.speech import Speech
from node.settings import Settings

_ANYBODY: Final = (
    message("If you only read"),
    message(
        "You need no account, and nothing is kept of your visit. The pages have no scripts and load nothing"
        " from other servers; the only cookie remembers the language that you chose. Network addresses are "
        "counted for a while, in memory alone, to hold off floods of requests; they are not written down."
    ),
)
_MEMBERS: Final = (
    message("If you are a member"),
    message(
        "Kept are your e-mail address, your password in a form that cannot be turned back, your profile, "
        "when you were last here, the apps that you let in, and what you write, save, follow, like and "
        "share. What you delete is removed here at once. Pictures are freed of what cameras note in them, "
        "such as the place."
    ),
)
_SHARED: Final = (
    message("What other servers get"),
    message(
        "What you publish goes to the servers of those who may read it, and each of them keeps a copy. When"
        " you delete something, they are asked to do the same; whether they do is up to them."
    ),
    message(
        "Messages to single people are not encrypted from end to end: the operators of every server that "
        "they pass can read them. Never write details of a case."
    ),
)
_ELSEWHERE: Final = (
    message("If you are on another server"),
    message(
        "Public profiles and posts that people here follow or look up are copied here, and so is what was "
        "addressed to them. Posts that nobody here saved, answered or liked are removed after %(days)s "
        "days."
    ),
)
_NOT_DONE: Final = (
    message("What is not done"),
    message(
        "Nothing is sold, nobody is watched, and no advertisement is shown. Nobody else is given anything, "
        "unless a law demands it."
    ),
)
_QUESTIONS: Final = message("Questions")
_WRITE_TO: Final = message(
    "Write to %(contact)s if you want to know what is kept of you, or want it to be removed."
)
_TURN_TO: Final = message(
    "Turn to the people who run this node if you want to know what is kept of you, or want it to be removed."
)


def description_of(speech: Speech, settings: Settings) -> str:
    """Return in a sentence what this node is about."""
    return speech.say(
        "Practices, events and expert offers of %(name)s and of the legal aid bodies it follows.",
        name=settings.node.name,
    )


def privacy_of(speech: Speech, settings: Settings) -> str:
    """Return what this program keeps of people, as HTML: what holds for every node that changes nothing."""
    contact = settings.node.contact_email
    days = speech.number(settings.limits.remote_days)
    asked = speech.say(_WRITE_TO if contact else _TURN_TO, contact=contact)
    parts = []
    for heading, *paragraphs in (_ANYBODY, _MEMBERS, _SHARED, _ELSEWHERE, _NOT_DONE, (_QUESTIONS, asked)):
        parts.append(f"<h3>{escape(speech.say(heading), quote=False)}</h3>")
        for paragraph in paragraphs:
            said = paragraph if paragraph == asked else speech.say(paragraph, days=days)
            parts.append(f"<p>{escape(said, quote=False)}</p>")
    return "".join(parts)
