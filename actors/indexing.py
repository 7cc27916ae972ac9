"""What a publication can be found by: its words, and its facets as tokens."""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from actors import taxonomy
from actors.analyser import Analysed, analyse
from actors.text import plain
from storage.publications import Publication
from storage.search import SearchDocument
from storage.transaction import Transaction

# Characters of tokens that are indexed. PostgreSQL takes at most a megabyte of one publication's tokens, of
# which each character may need four bytes and each token six more.
MAX_TITLE: Final = 4_000
MAX_BODY: Final = 120_000
MAX_STEMS: Final = 60_000

_LONGEST_FACET: Final = 64
_NOT_IN_TOKENS: Final = re.compile(r"[^a-z0-9]+")


def facet(prefix: str, value: str) -> str:
    """Return the token of a facet, such as `k_practice` or `t_stage_police_custody`.

    What cannot be spelled with few ASCII letters gets a digest, so that no two values share a token.
    """
    value = value.lower()
    token = f"{prefix}_{_NOT_IN_TOKENS.sub('_', value).strip('_')}"
    if value.isascii() and len(token) <= _LONGEST_FACET:
        return token
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{token[: _LONGEST_FACET - len(digest) - 1]}_{digest}"


def facets_of(publication: Publication) -> list[str]:
    """Return every facet token of a publication: kind, languages, jurisdictions, concepts.

    What is about a part of a country or about a narrower concept is about the whole as well.
    """
    tokens = [facet("k", publication.kind)]
    languages = {publication.language or "", *(publication.title_map or {}), *(publication.content_map or {})}
    for language in sorted(filter(None, languages)):
        tokens += _with_whole("l", language)
    for code in publication.jurisdiction:
        tokens += _with_whole("c", code)
    for concept in publication.concepts:
        tokens += [facet("t", concept_path(each)) for each in _with_broader(concept["id"])]
    return list(dict.fromkeys(tokens))


def concept_path(identifier: str) -> str:
    """Return the short name of a concept of the network, such as `stage/police-custody`; else its address.

    Also of one that only a newer version of this program knows.
    """
    known = taxonomy.find(identifier)
    return known.reference if known else identifier.removeprefix(f"{taxonomy.BASE}/")


def search_document(publication: Publication) -> SearchDocument:
    """Return a publication as tokens, in every language it has; what exceeds the limits is left out."""
    language = publication.language
    title = [
        analyse(text, tag) for text, tag in _versions(publication.title, publication.title_map, language)
    ]
    body = [
        analyse(plain(text) if "<" in text or "&" in text else text, tag)
        for text, tag in _body_texts(publication)
    ]
    return SearchDocument(
        publication_id=publication.id,
        title=_joined((each.words for each in title), MAX_TITLE),
        body=_joined((each.words for each in body), MAX_BODY),
        stems=_joined(_stems([*title, *body]), MAX_STEMS),
        facets=" ".join(facets_of(publication)),
    )


async def index(tx: Transaction, publication: Publication) -> None:
    """Let a publication be found as it now is, or no longer when its author does not want that."""
    if publication.indexable:
        await tx.search.index(search_document(publication))
    else:
        await tx.search.forget(publication.id)


def _body_texts(publication: Publication) -> Iterable[tuple[str, str | None]]:
    language = publication.language
    yield from _versions(publication.summary, publication.summary_map, language)
    yield from _versions(publication.content, publication.content_map, language)
    for tag in publication.tags:
        name = tag.get("name")
        if tag.get("type") == "Hashtag" and isinstance(name, str):
            yield name.lstrip("#"), language
    for named in (*publication.concepts, *publication.attachments):
        name = named.get("name")
        if isinstance(name, str) and name:
            yield name, language


def _versions(
    text: str, by_language: dict[str, str] | None, language: str | None
) -> Iterable[tuple[str, str | None]]:
    """Yield a text in each of its languages; the map has the text itself, unless its language is unknown."""
    versions = by_language or {}
    if text and text not in versions.values():
        yield text, language
    for tag, version in versions.items():
        yield version, tag


def _stems(analysed: Iterable[Analysed]) -> Iterable[str]:
    return dict.fromkeys(stem for each in analysed for stem in each.stems.split())


def _joined(texts: Iterable[str], longest: int) -> str:
    text = " ".join(texts)
    return text if len(text) <= longest else text[: longest + 1].rpartition(" ")[0]


def _with_whole(prefix: str, value: str) -> list[str]:
    whole, hyphen, _ = value.partition("-")
    return [facet(prefix, value), facet(prefix, whole)] if hyphen else [facet(prefix, value)]


def _with_broader(identifier: str) -> Iterable[str]:
    """Yield the address of a concept, then the short names of those that contain it."""
    yield identifier
    known = taxonomy.find(identifier)
    while known is not None and known.broader is not None:
        yield known.broader
        known = taxonomy.find(known.broader)
