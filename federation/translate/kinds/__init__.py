"""How each kind of publication travels. A new kind is one module here and one entry in `TRANSLATIONS`."""

from collections.abc import Mapping
from typing import Final

from federation import vocabulary as as2
from federation.translate.kinds.event import EVENT, TRAINING
from federation.translate.kinds.note import NOTE, POST
from federation.translate.kinds.offer import OFFER, REQUEST
from federation.translate.kinds.practice import PRACTICE
from federation.translate.kinds.resource import RESOURCE
from federation.translate.kinds.rules import Translation
from storage.kinds import Kind

__all__ = ["TRANSLATIONS", "Translation", "kind_of"]

TRANSLATIONS: Final[Mapping[Kind, Translation]] = {
    translation.kind: translation
    for translation in (
        NOTE,
        PRACTICE,
        RESOURCE,
        EVENT,
        TRAINING,
        OFFER,
        REQUEST,
        Translation(Kind.STATEMENT, ("ilan:JointStatement",)),
        Translation(Kind.CONSULTATION, ("ilan:Consultation",), read=POST.read),
        Translation(Kind.INDICATOR_RETURN, ("ilan:IndicatorReturn",)),
        POST,
    )
}
"""Every kind: those that this version does not publish are read and shown all the same."""

_NOTES: Final = frozenset({"Note", "Question", "ChatMessage"})
_PROPOSALS: Final = {"offer": Kind.OFFER, "request": Kind.REQUEST}
_BY_TYPE: Final = {
    translation.additional_types[0]: kind
    for kind, translation in TRANSLATIONS.items()
    if translation.additional_types and kind not in {Kind.EVENT, Kind.OFFER, Kind.REQUEST}
} | {"http://schema.org/EducationEvent": Kind.TRAINING, "schema:EducationEvent": Kind.TRAINING}


def kind_of(value: as2.Object) -> Kind:
    """Return what another node's object is in the network's words: by what it says to be, then by its form.

    An offer is recognised by its properties (FEP-0837), an event by having a beginning.
    """
    if as2.is_proposal(value.document):
        return _PROPOSALS[value.document["purpose"]]
    named = next((_BY_TYPE[name] for name in value.additional_types if name in _BY_TYPE), None)
    is_event = value.type == "Event" and value.start_time is not None
    if named is Kind.TRAINING or is_event:
        return (named or Kind.EVENT) if is_event else Kind.POST
    if named is not None:
        return named
    return Kind.NOTE if value.type in _NOTES else Kind.POST
