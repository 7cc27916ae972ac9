"""What an author wants to publish, in the shape of the publications API, and the check of it."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any, Final

from actors import taxonomy
from actors.errors import Invalid
from actors.fields import Fields, shown, web_address
from actors.files import FILE_FIELDS, read_files
from actors.kinds import KINDS, Draft, KindRules
from actors.kinds.event import PRIVATE
from actors.kinds.wording import MAX_TITLE
from actors.licences import closest_licence, licence
from actors.locales import FALLBACK, language_tag
from actors.markdown import MAX_MARKDOWN
from storage.kinds import Kind, Visibility

__all__ = ["Draft", "document_of", "draft_of", "read_draft"]

MAX_SUMMARY: Final = 400
"""Characters of an author's summary, so that the facts that come before it fit as well."""

_MAX_CONCEPTS: Final = 30
_LONGEST_GROUP: Final = 500
_VISIBILITIES: Final = (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE)
_COMMON: Final = tuple(each.name for each in fields_of(Draft) if each.name != "details")


def read_draft(document: Mapping[str, Any], *, default_language: str) -> Draft:
    """Return the draft that a document describes, or raise Invalid with everything that is wrong with it.

    Texts are strings, in `language`, or objects by language tag. `as`, the actor that publishes, is for the
    caller to look at.
    """
    if not isinstance(document, Mapping):
        raise Invalid("A publication is an object with kind, title and so on.")
    faults: dict[str, str] = {}
    fields = Fields(document, language=_language(document, default_language, faults), faults=faults)
    fields.given("language")
    fields.given("as")
    kind, rules = _kind(fields)
    is_note = kind is Kind.NOTE and rules is not None
    title = {} if is_note else fields.texts("title", MAX_TITLE, one_line=True)
    draft = Draft(
        kind=kind,
        language=fields.language,
        title=title,
        summary=fields.texts("summary", MAX_SUMMARY),
        body=fields.texts("body", MAX_MARKDOWN),
        visibility=_visibility(fields, kind),
        jurisdiction=fields.territories("jurisdiction"),
        concepts=_concepts(fields),
        license=_license(fields),
        attachments=read_files(fields, "attachments"),
        audience_group=fields.text("audience_group", _LONGEST_GROUP),
        in_reply_to=fields.url("in_reply_to"),
        sensitive=bool(fields.flag("sensitive")),
        details=_present(rules.read(fields)) if rules else {},
    )
    if rules:
        _check_texts(fields, draft)
        fields.refuse_unknown()
    if faults:
        raise Invalid(_sentence(faults), faults)
    return draft


def document_of(draft: Draft, *, private: bool = False) -> dict[str, Any]:
    """Return the document that `read_draft` reads as an equal draft.

    Without `private` it lacks what only the organisers may see, such as the link to join; edit the whole one.
    """
    written: dict[str, Any] = {name: getattr(draft, name) for name in _COMMON} | draft.details
    written |= {"kind": str(draft.kind), "visibility": str(draft.visibility)}
    written["attachments"] = [
        {name: value for name, value in each.items() if name in FILE_FIELDS} for each in draft.attachments
    ]
    hidden = frozenset() if private else PRIVATE
    return {
        name: value
        for name, value in written.items()
        if name not in hidden and value is not None and value not in ("", [], {})
    }


def draft_of(source: Mapping[str, Any]) -> Draft:
    """Return the draft that was published, from the `source` of a local publication's row."""
    known = {name: source[name] for name in (*_COMMON, "details") if name in source}
    return Draft(
        **{**known, "kind": Kind(source["kind"]), "visibility": Visibility(source["visibility"])},
    )


def _language(document: Mapping[str, Any], default: str, faults: dict[str, str]) -> str:
    """Return the language of the original: the one given, else the default, else that of the first title."""
    given = document.get("language")
    if given is not None and given != "":
        tag = language_tag(given) if isinstance(given, str) else None
        if tag is None:
            faults["language"] = f"must be a language code (BCP 47, such as en or pt-BR), not {shown(given)}"
        return tag or language_tag(default) or FALLBACK
    titles = document.get("title") or document.get("body")
    tags = [tag for key in titles if (tag := language_tag(str(key)))] if isinstance(titles, Mapping) else []
    usual = language_tag(default) or FALLBACK
    return usual if usual in tags or not tags else tags[0]


def _kind(fields: Fields) -> tuple[Kind, KindRules | None]:
    """Return the kind and its rules; a note and no rules where the document names none that is known."""
    possible = tuple(kind for kind in Kind if kind is not Kind.POST)
    if fields.given("kind") is None:
        fields.fault("kind", f"is missing: say which of {', '.join(KINDS)}")
        return Kind.NOTE, None
    name = fields.choice("kind", possible)
    if name is None:
        return Kind.NOTE, None
    rules = KINDS.get(Kind(name))
    if rules is None:
        fields.fault("kind", f"cannot be {name!r} yet; this version publishes {', '.join(KINDS)}")
    return Kind(name), rules


def _visibility(fields: Fields, kind: Kind) -> Visibility:
    options = (*_VISIBILITIES, Visibility.DIRECT) if kind is Kind.NOTE else _VISIBILITIES
    return Visibility(fields.choice("visibility", options, Visibility.PUBLIC) or Visibility.PUBLIC)


def _concepts(fields: Fields) -> list[str]:
    given = fields.given("concepts")
    references = given if isinstance(given, list) else [] if given is None else [given]
    if len(references) > _MAX_CONCEPTS:
        fields.fault("concepts", f"has {len(references)} concepts; at most {_MAX_CONCEPTS} are taken")
        return []
    found: dict[str, None] = {}
    unknown: list[str] = []
    for reference in references:
        known = taxonomy.normalised(reference) if isinstance(reference, str) else None
        if known is None:
            meant = taxonomy.closest(reference) if isinstance(reference, str) else None
            unknown.append(shown(reference) + (f" (did you mean {meant}?)" if meant else ""))
        else:
            found[known] = None
    if unknown:
        fields.fault("concepts", f"there is no concept {', '.join(unknown)}; GET /vocabularies lists them")
    return list(found)


def _license(fields: Fields) -> str | None:
    given = fields.given("license")
    is_usable = isinstance(given, str) and ("://" not in given or web_address(given) is not None)
    known = licence(given) if is_usable else None
    if given is not None and known is None:
        meant = closest_licence(given) if isinstance(given, str) else None
        hint = f" (did you mean {meant}?)" if meant else ""
        fields.fault("license", f"must be an SPDX name such as CC-BY-4.0, or the licence's address{hint}")
    return known


def _check_texts(fields: Fields, draft: Draft) -> None:
    """Find what is missing altogether, and what is too much in sum."""
    if draft.kind is Kind.NOTE:
        if not draft.body and not draft.attachments and not draft.details.keys() & {"poll", "quote"}:
            fields.fault("body", "is missing: a note needs a text, an attachment, a poll or a quote")
    elif fields.given("title") is None:
        fields.fault("title", "is missing: give it one, or one for each language")
    elif draft.language not in draft.title:
        fields.fault("title", f"needs a text in {draft.language!r}, the language of the publication")
    sections = draft.details.get("sections", {}).values()
    length = sum(len(text) for texts in (draft.body, *sections) for text in texts.values())
    if length > MAX_MARKDOWN:
        fields.fault("body", f"has {length} characters in all its languages and sections; {MAX_MARKDOWN} fit")


def _present(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if value is not None and value not in ("", [], {})}


def _sentence(faults: Mapping[str, str]) -> str:
    """Say what is wrong in one sentence: the fault itself where there is only one."""
    if len(faults) == 1:
        name, message = next(iter(faults.items()))
        return f"This cannot be published: {name} {message}."
    return f"This cannot be published: {', '.join(faults)} need attention."
