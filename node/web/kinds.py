"""What the kinds of publications are called, and how things stand with one of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from actors.addresses import PATHS
from node.pages.catalogues import message
from node.pages.speech import Speech
from node.web.views import State
from storage.kinds import Kind
from storage.publications import Publication

NAMES = {
    Kind.NOTE: message("Note"),
    Kind.PRACTICE: message("Practice"),
    Kind.RESOURCE: message("Resource"),
    Kind.EVENT: message("Event"),
    Kind.TRAINING: message("Training"),
    Kind.OFFER: message("Expert offer"),
    Kind.REQUEST: message("Expert wanted"),
    Kind.STATEMENT: message("Joint statement"),
    Kind.CONSULTATION: message("Consultation"),
    Kind.INDICATOR_RETURN: message("Indicators"),
    Kind.POST: message("Post"),
}
STATUSES = {
    "cancelled": message("Cancelled"),
    "postponed": message("Postponed"),
    "rescheduled": message("New date"),
    "moved_online": message("Moved online"),
    "tentative": message("Provisional"),
}
#: The day until which these kinds are open, in their details.
_CLOSING = {
    Kind.OFFER: "valid_through",
    Kind.REQUEST: "valid_through",
    Kind.STATEMENT: "closes",
    Kind.CONSULTATION: "closes",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list of everything of one kind: where it is, and what it says of itself."""

    kind: Kind
    heading: str
    about: str
    empty: str

    @property
    def path(self) -> str:
        """The path of the list's page."""
        return f"/{PATHS[self.kind]}"


SHELVES = (
    Shelf(
        Kind.PRACTICE,
        message("Practices"),
        message("What legal aid bodies have tried, how it went, and what others need to do it too."),
        message("No practice has been published yet."),
    ),
    Shelf(
        Kind.EVENT,
        message("Events and trainings"),
        message("Where people who work in legal aid meet and learn, in person and online."),
        message("No event has been published yet."),
    ),
    Shelf(
        Kind.TRAINING,
        message("Trainings"),
        message("Courses and seminars of this node and of the nodes it follows."),
        message("No training has been published yet."),
    ),
    Shelf(
        Kind.RESOURCE,
        message("Resources"),
        message("Manuals, model laws, templates, data and recordings."),
        message("No resource has been published yet."),
    ),
    Shelf(
        Kind.OFFER,
        message("Expert offers"),
        message("Experts who can train, advise, draft or observe, and when they are available."),
        message("No expert offer has been published yet."),
    ),
    Shelf(
        Kind.REQUEST,
        message("Experts wanted"),
        message("Bodies that look for somebody who knows."),
        message("No request for an expert has been published yet."),
    ),
    Shelf(
        Kind.STATEMENT,
        message("Joint statements"),
        message("What bodies say together, and which of them have signed."),
        message("No joint statement has been published yet."),
    ),
    Shelf(
        Kind.CONSULTATION,
        message("Consultations"),
        message("Questions on which bodies ask for an opinion."),
        message("No consultation has been published yet."),
    ),
    Shelf(
        Kind.INDICATOR_RETURN,
        message("Indicators"),
        message("Figures on access to legal aid, by country and year."),
        message("No figures have been published yet."),
    ),
)


def kind_name(kind: str, speech: Speech) -> str:
    """Return what one publication of a kind is called."""
    return speech.say(NAMES[Kind(kind)])


def state_of(publication: Publication, speech: Speech, now: datetime) -> State | None:
    """Return what a visitor must know before anything else: called off, over, closed; or nothing."""
    is_over = not is_open(publication, now)
    status = STATUSES.get(str(publication.details.get("status")))
    if status:
        return State(speech.say(status), is_alarm=not is_over)
    if not is_over:
        return None
    return State(speech.say("Closed") if publication.kind in _CLOSING else speech.say("Over"), is_alarm=False)


def is_open(publication: Publication, now: datetime) -> bool:
    """Say whether something that ends is not over yet; what never ends is open."""
    closing = _CLOSING.get(Kind(publication.kind))
    if closing is None:
        ends = publication.ends_at or publication.starts_at
        return ends is None or ends >= now
    last = moment_in(publication.details.get(closing))
    if isinstance(last, datetime):
        return last >= now
    # A day lasts until it is over everywhere, twelve hours behind UTC.
    return last is None or last >= date.fromordinal(now.astimezone(UTC).date().toordinal() - 1)


def moment_in(written: object) -> datetime | date | None:
    """Return the moment or the day that a detail holds, or None."""
    if not isinstance(written, str):
        return None
    try:
        return date.fromisoformat(written) if len(written) == len("2027-03-02") else _aware(written)
    except ValueError:
        return None


def _aware(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
