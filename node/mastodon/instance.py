"""The node itself: what programs ask for before anybody signs in."""

import time
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.addresses import BODY
from actors.documents import chosen
from actors.locales import FALLBACK, language_name, locale_of
from actors.text import plain_line
from node.context import Node, node_of
from node.http.rates import Quota, spend
from node.mastodon.entities.instance import (
    AboutNode,
    instance_entity,
    instance_v1_entity,
    rule_entity,
)
from node.mastodon.replies import answer_all
from node.mastodon.routing import get
from node.mastodon.view import View
from node.pages.languages import ENGLISH, known
from node.pages.speech import Speech, speech_in
from node.pages.static import address_of
from node.pages.texts import description_of
from node.push.keys import vapid_public_key
from storage.documents import DocumentName
from storage.transaction import Transaction
from storage.usage import Numbers

_ACTIVE: Final = timedelta(days=30)
_KEPT: Final = 60.0
"""Seconds for which what is counted may be old."""

_LONGEST_DESCRIPTION: Final = 500
_TWO_LETTERS: Final = 2


async def show(request: Request) -> Response:
    """Say what this node is, what it allows, and what of Mastodon's API there is."""
    node = node_of(request)
    spend(request, Quota.REQUESTS)
    key = await vapid_public_key(node)
    async with node.database.read() as tx:
        about = await _about(tx, node, key)
    return answer_all(instance_entity(node.settings, about))


async def show_v1(request: Request) -> Response:
    """Say the same to older programs."""
    node = node_of(request)
    spend(request, Quota.REQUESTS)
    key = await vapid_public_key(node)
    async with node.database.read() as tx:
        about = await _about(tx, node, key)
    return answer_all(instance_v1_entity(node.settings, about))


async def rules(request: Request) -> Response:
    """List the rules of this node."""
    spend(request, Quota.REQUESTS)
    async with node_of(request).database.read() as tx:
        found = await tx.documents.rules()
    return answer_all([rule_entity(rule) for rule in found])


async def languages(request: Request) -> Response:
    """List the languages that posts can be in, the node's own first."""
    spend(request, Quota.REQUESTS)
    return answer_all(_languages(node_of(request).settings.node.languages))


async def translation_languages(request: Request) -> Response:
    """Say that nothing is translated here."""
    spend(request, Quota.REQUESTS)
    return answer_all({})


async def _about(tx: Transaction, node: Node, push_key: str) -> AboutNode:
    body = await tx.actors.local(BODY)
    terms = await tx.documents.current(DocumentName.TERMS, tx.now.date())
    picture = (body.image if body else None) or f"{node.base_url}{address_of('thumbnail.png')}"
    summary = plain_line(body.summary, _LONGEST_DESCRIPTION) if body else ""
    return AboutNode(
        description=summary or description_of(_speech(node), node.settings),
        numbers=await _numbers(tx, node),
        rules=await tx.documents.rules(),
        contact=await View(tx, node, None).account(body) if body else None,
        picture=picture,
        push_key=push_key,
        has_terms=chosen(terms, node.settings.node.languages) is not None,
    )


def _speech(node: Node) -> Speech:
    """Return the voice of the node's own language, or of the nearest that the pages speak."""
    own = (known(tag) for tag in node.settings.node.languages)
    return speech_in(next(filter(None, own), ENGLISH))


async def _numbers(tx: Transaction, node: Node) -> Numbers:
    """Return what is counted, from memory for a minute: it is asked for at every start of every program."""
    kept = node.shelf.get("numbers", None)
    now = time.monotonic()
    if kept is not None and kept[0] > now:
        found: Numbers = kept[1]
        return found
    numbers = await tx.usage.numbers(tx.now - _ACTIVE)
    node.shelf.put("numbers", None, (now + _KEPT, numbers))
    return numbers


def _languages(own: tuple[str, ...]) -> list[dict[str, str]]:
    listed = sorted(code for code in map(str, locale_of(FALLBACK).languages) if len(code) == _TWO_LETTERS)
    return [{"code": code, "name": language_name(code, FALLBACK)} for code in dict.fromkeys([*own, *listed])]


ROUTES: list[BaseRoute] = [
    get("/api/v2/instance", show),
    get("/api/v1/instance", show_v1),
    get("/api/v1/instance/rules", rules),
    get("/api/v1/instance/languages", languages),
    get("/api/v1/instance/translation_languages", translation_languages),
]
