"""What the operators tell everybody: the rules of this node, and documents about it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from actors.characters import readable
from actors.errors import Invalid, NotFound
from actors.locales import language_tag
from actors.markdown import MAX_MARKDOWN, render_markdown
from actors.text import plain
from storage.documents import Document, DocumentName, HouseRule
from storage.transaction import Transaction

MAX_RULE: Final = 1000
"""Characters of a rule, and of what explains it."""


async def set_document(
    tx: Transaction, name: DocumentName, markdown: str, language: str, effective_on: date | None = None
) -> Document:
    """Write a document of this node in one language, in place of what it said; returns it rendered.

    Terms of service may hold only from a later day on, and older ones are kept. Raises Invalid.
    """
    tag = language_tag(language)
    faults = {}
    if tag is None:
        faults["language"] = "is not the code of a language, such as en or pt-BR"
    if not plain(render_markdown(markdown)):
        faults["text"] = "is missing: write some Markdown"
    elif len(markdown) > MAX_MARKDOWN:
        faults["text"] = f"is longer than {MAX_MARKDOWN} characters"
    if effective_on is not None and name != DocumentName.TERMS:
        faults["effective"] = "is only for the terms: other documents hold at once"
    if faults:
        raise Invalid(f"The document {name} cannot be written so.", faults)
    assert tag is not None
    day = (effective_on or tx.now.date()).isoformat() if name == DocumentName.TERMS else ""
    document = Document(name, day, tag, markdown, render_markdown(markdown), tx.now)
    await tx.documents.put(document)
    return document


async def remove_document(tx: Transaction, name: DocumentName, language: str) -> None:
    """Remove a document in one language, every version of it; NotFound where there is none."""
    tag = language_tag(language) or language
    if not await tx.documents.remove(name, tag):
        raise NotFound(f"There is no document {name} in {tag}.")


def chosen(documents: Sequence[Document], languages: Sequence[str]) -> Document | None:
    """Return the document in the first of these languages that it has; in any other, if it must be."""
    for wanted in languages:
        for document in documents:
            if document.language == wanted:
                return document
        for document in documents:
            if document.language.partition("-")[0] == wanted.partition("-")[0]:
                return document
    return documents[0] if documents else None


async def add_rule(tx: Transaction, text: str, hint: str = "") -> HouseRule:
    """Add a rule to those of this node, as the last; Invalid where it says nothing."""
    rule = HouseRule(tx.new_id(), _line(text, "text"), _hint(hint), {}, tx.now)
    return await tx.documents.add_rule(rule)


async def translate_rule(
    tx: Transaction, rule_id: int, language: str, text: str, hint: str = ""
) -> HouseRule:
    """Say a rule in another language as well; Invalid or NotFound."""
    rule = await _rule(tx, rule_id)
    tag = language_tag(language)
    if tag is None:
        raise Invalid(
            "The rule cannot be translated so.",
            {"language": "is not the code of a language, such as en or pt-BR"},
        )
    said = {"text": _line(text, "text"), "hint": _hint(hint)}
    changed = replace(rule, translations={**rule.translations, tag: said})
    await tx.documents.change_rule(changed)
    return changed


async def remove_rule(tx: Transaction, rule_id: int) -> HouseRule:
    """Let a rule hold no longer; NotFound where there is none. Reports that name it keep it."""
    rule = await _rule(tx, rule_id)
    await tx.documents.change_rule(replace(rule, removed_at=tx.now))
    return rule


async def _rule(tx: Transaction, rule_id: int) -> HouseRule:
    found = await tx.documents.rules_by_ids([rule_id])
    if not found or found[0].removed_at is not None:
        raise NotFound(f"There is no rule {rule_id}; `ilan rules list` lists them.")
    return found[0]


def _line(text: str, field: str) -> str:
    text = " ".join(readable(text).split())
    if not text or len(text) > MAX_RULE:
        fault = f"is longer than {MAX_RULE} characters" if text else "is missing: say what the rule is"
        raise Invalid("The rule cannot be kept so.", {field: fault})
    return text


def _hint(text: str) -> str:
    return _line(text, "hint") if text.strip() else ""
