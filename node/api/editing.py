"""Changing what was published: another text in its place, or its withdrawal."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from actors import publishing
from actors.drafts import Draft, document_of, draft_of
from actors.errors import Conflict
from actors.speaking import may_change, require_change
from node.api.parameters import publication_id
from node.api.publications import Item, find_readable, shown_to, tagged
from node.api.publishing import WRITE, drafted, look_up_all
from node.context import node_of
from node.http.auth import Caller, require
from node.http.inputs import read_json
from node.http.replies import json_reply
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction

_LONGEST_REASON = 500
_TAG = re.compile(r'"([^"]*)"')
#: What cannot change, or hardly ever does, and so need not be said again with a whole new text.
_STAYS = ("kind", "visibility", "in_reply_to", "language")


async def replace(request: Request) -> Response:
    """Publish another text in place of one; what it does not say anew is empty."""
    return await _edit(request, is_whole=True)


async def change(request: Request) -> Response:
    """Publish a text anew with some fields changed; null empties one."""
    return await _edit(request, is_whole=False)


async def withdraw(request: Request) -> Response:
    """Delete a publication, and tell everybody who has it."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        publication, author = await _find_own(tx, request, caller)
        _check_revision(request, publication)
        await publishing.withdraw(tx, author, publication)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _edit(request: Request, *, is_whole: bool) -> Response:
    caller = await require(request, WRITE)
    node = node_of(request)
    given = await read_json(request)
    reason, revision = given.pop("reason", None), given.pop("revision", None)
    async with node.database.read() as tx:
        known, author = await _find_own(tx, request, caller)
    _check_revision(request, known, revision)
    draft = _redraft(known, author, given, reason, is_whole=is_whole)
    looked_up = await look_up_all(node.federation, draft)
    async with node.database.begin() as tx:
        publication, author = await _find_own(tx, request, caller)
        if publication.revision != known.revision:
            raise Conflict("This was changed by somebody else in the meantime; read it again before you do.")
        publication = await publishing.edit(
            tx, author, publication, draft, reason=reason or "", mentioned=looked_up.mentioned
        )
        shown = await shown_to(tx, (publication, author), caller)
    return tagged(json_reply(request, shown), publication)


async def _find_own(tx: Transaction, request: Request, caller: Caller) -> Item:
    """Return the publication in the path if the caller may change it.

    Raises Forbidden for what they may only read, and as `find_readable` for what they may not even read.
    """
    publication, author = await find_readable(tx, request, await _owner(tx, request, caller))
    require_change(caller.actor, caller.member.role, author, publication.kind)
    return publication, author


async def _owner(tx: Transaction, request: Request, caller: Caller) -> Actor:
    """Return whose eyes the caller looks with: those who may change what is the body's see all of it."""
    publication = await tx.publications.find(publication_id(request))
    if publication is None or not publication.is_local:
        return caller.actor
    author = await tx.actors.get(publication.author_id)
    may = may_change(caller.actor, caller.member.role, author, publication.kind)
    return author if may else caller.actor


def _redraft(
    known: Publication, author: Actor, given: Mapping[str, Any], reason: Any, *, is_whole: bool
) -> Draft:
    """Return what a publication shall be; Invalid with everything that is wrong with it."""
    assert known.source is not None, "what is published here has a source"
    former = document_of(draft_of(known.source), private=True)
    kept = _STAYS if is_whole else tuple(former)
    document = {name: former[name] for name in kept if name in former} | dict(given)
    faults: dict[str, str] = {}
    if document.pop("as", None) not in {None, author.username}:
        faults["as"] = f"must stay {author.username}"
    if reason is not None and (not isinstance(reason, str) or len(reason) > _LONGEST_REASON):
        faults["reason"] = f"must be a text of at most {_LONGEST_REASON} characters"
    return drafted(document, known.language or "en", faults)


def _check_revision(request: Request, publication: Publication, named: Any = None) -> None:
    """Raise HTTPException 412 where another revision than the present one is meant (RFC 9110 13.1.1)."""
    header = request.headers.get("if-match", "*").strip()
    present = str(publication.revision)
    if (header == "*" or present in _TAG.findall(header)) and named in {None, publication.revision}:
        return
    raise HTTPException(412, f"This is at revision {present} by now; read it again before you change it.")
