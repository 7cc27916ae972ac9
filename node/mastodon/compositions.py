"""What a request to post says, as `actors.composing` wants it."""

from datetime import UTC, datetime

from starlette.requests import Request

from actors.composing import Composition, PollWords, Usual, invalid
from node.context import Node
from node.http.auth import Caller
from node.mastodon.parameters import Parameters
from storage.transaction import Transaction


def composition_in(parameters: Parameters, caller: Caller) -> Composition:
    """Return the post that a request describes; what it leaves out, or leaves empty, is not said."""
    application = caller.application
    return Composition(
        text=parameters.text("status") or "",
        spoiler_text=parameters.text("spoiler_text") or "",
        sensitive=parameters.flag("sensitive"),
        visibility=parameters.text("visibility") or None,
        language=parameters.text("language") or None,
        reply_to=parameters.identifier("in_reply_to_id"),
        media_ids=media_ids_in(parameters),
        poll=poll_in(parameters),
        quoted=parameters.identifier("quoted_status_id"),
        quote_policy=parameters.text("quote_approval_policy") or None,
        application={"name": application.name, "website": application.website} if application else None,
        allowed_mentions=tuple(parameters.identifiers("allowed_mentions"))
        if parameters.has("allowed_mentions")
        else None,
    )


def media_ids_in(parameters: Parameters) -> tuple[int, ...]:
    """Return the media that a request names; 0, which is nobody's, for what cannot be a number of media."""
    numbers = parameters.identifiers("media_ids")
    named = {text.strip() for text in parameters.texts("media_ids") if text.strip()}
    return (*numbers, 0) if named - {str(number) for number in numbers} else tuple(numbers)


def poll_in(parameters: Parameters) -> PollWords | None:
    """Return the poll that a request asks for, if it does; options that say nothing are left out."""
    poll = parameters.within("poll")
    if not poll.names():
        return None
    return PollWords(
        options=tuple(text.strip() for text in poll.texts("options") if text.strip()),
        expires_in=poll.number("expires_in"),
        multiple=bool(poll.flag("multiple")),
        hide_totals=bool(poll.flag("hide_totals")),
    )


def moment_in(parameters: Parameters, name: str = "scheduled_at") -> datetime | None:
    """Return a moment, in UTC where no offset is said; Invalid for what is none."""
    text = (parameters.text(name) or "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid("Scheduled at is not a date and time", name) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


async def usual_of(tx: Transaction, node: Node, caller: Caller) -> Usual:
    """Return what is usual in the caller's posts."""
    settings = node.settings
    preferences = await tx.preferences.of(caller.member)
    return Usual(preferences, settings.node.languages[0], settings.limits.note_characters)


def focus_in(parameters: Parameters) -> tuple[float, float] | None:
    """Return where what matters in a picture is, from -1 to 1 each; None where nothing usable is said."""
    horizontal, _, vertical = (parameters.text("focus") or "").partition(",")
    try:
        found = float(horizontal), float(vertical)
    except ValueError:
        return None
    return found if all(-1 <= each <= 1 for each in found) else None


def key_in(request: Request) -> str | None:
    """Return the key by which a request is known that may come twice."""
    return request.headers.get("idempotency-key") or None
