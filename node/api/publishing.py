"""Publishing something, in one's own name or in the body's."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from actors import publishing
from actors.drafts import Draft, read_draft
from actors.errors import Invalid
from actors.speaking import speaker
from federation.context import Federation
from federation.lookups import LookedUp, keep_answered, look_up
from node.api.parameters import BASE
from node.api.publications import shown_to, tagged
from node.context import node_of
from node.http.auth import Caller, require
from node.http.inputs import read_json
from node.http.replies import json_reply
from storage.actors import Actor
from storage.publications import Publication
from storage.repeats import made_by, remember
from storage.transaction import Transaction

WRITE = "write:statuses"

_LONGEST_KEY = 255


async def create(request: Request) -> Response:
    """Publish something. A request that comes twice with one Idempotency-Key publishes once."""
    caller = await require(request, WRITE)
    node = node_of(request)
    key = _repeat_key(request, caller)
    document = await read_json(request)
    usual = caller.member.language or node.settings.node.languages[0]
    async with node.database.read() as tx:
        if made := await _made_by(tx, key):
            return _created(request, made, await _shown(tx, made, caller))
        document = await _like_what_it_answers(tx, caller, document)
        # What cannot be published is refused before other nodes are asked about it.
        draft, _ = await _read(tx, caller, document, usual)
    looked_up = await look_up_all(node.federation, draft)
    async with node.database.begin() as tx:
        publication = await _made_by(tx, key)
        if publication is None:
            draft, author = await _read(tx, caller, document, usual)
            await keep_answered(tx, looked_up)
            publication = await publishing.publish(tx, author, draft, mentioned=looked_up.mentioned)
            if key is not None:
                await remember(tx, key, publication.id)
        shown = await _shown(tx, publication, caller)
    return _created(request, publication, shown)


def drafted(document: Mapping[str, Any], language: str, faults: Mapping[str, str]) -> Draft:
    """Return the draft that a document describes; Invalid with its faults and those known already."""
    try:
        draft = read_draft(document, default_language=language)
    except Invalid as error:
        raise Invalid(str(error), {**faults, **error.fields}) from error
    if faults:
        raise Invalid(f"This cannot be published: {', '.join(faults)} must change.", faults)
    return draft


async def look_up_all(federation: Federation, draft: Draft) -> LookedUp:
    """Look up what a draft names; Invalid where a group cannot be found, which nobody else would tell it."""
    looked_up = await look_up(federation, draft)
    if draft.audience_group and looked_up.group is None:
        raise Invalid(
            "This cannot be published: there is no such group.",
            {"audience_group": f"there is no group {draft.audience_group!r}, or its node cannot be reached"},
        )
    return looked_up


async def _read(
    tx: Transaction, caller: Caller, document: Mapping[str, Any], language: str
) -> tuple[Draft, Actor]:
    """Return a draft and who publishes it; Forbidden, or Invalid with everything that is wrong."""
    faults: dict[str, str] = {}
    name, kind = document.get("as"), document.get("kind")
    author = caller.actor
    if name is not None and not isinstance(name, str):
        faults["as"] = "must be the user name of an actor of this node"
    else:
        kind = kind if isinstance(kind, str) else ""
        try:
            author = await speaker(tx, caller.actor, caller.member.role, name, kind)
        except Invalid as error:
            faults |= error.fields
    return drafted(document, language, faults), author


async def _like_what_it_answers(
    tx: Transaction, caller: Caller, document: Mapping[str, Any]
) -> dict[str, Any]:
    """Let an answer that does not say who may read it go to no more people than what it answers (R4)."""
    found = dict(document)
    answered = found.get("in_reply_to")
    if found.get("visibility") is None and isinstance(answered, str):
        parent = await tx.publications.readable(answered, caller.actor)
        if parent is not None:
            found["visibility"] = parent[0].visibility
    return found


async def _made_by(tx: Transaction, key: str | None) -> Publication | None:
    """Return what an earlier request with this key published; HTTPException 410 where it is withdrawn."""
    made = await made_by(tx, key) if key is not None else None
    if made is None:
        return None
    publication = await tx.publications.find(made)
    if publication is None:
        raise HTTPException(410, "What this request published was withdrawn since.")
    return publication


async def _shown(tx: Transaction, publication: Publication, caller: Caller) -> dict[str, Any]:
    return await shown_to(tx, (publication, await tx.actors.get(publication.author_id)), caller)


def _created(request: Request, publication: Publication, shown: Mapping[str, Any]) -> Response:
    response = json_reply(request, shown, status=201)
    response.headers["Location"] = f"{node_of(request).base_url}{BASE}/publications/{publication.id}"
    return tagged(response, publication)


def _repeat_key(request: Request, caller: Caller) -> str | None:
    """Return under what a request is remembered that may come twice."""
    header = request.headers.get("idempotency-key", "")
    if len(header) > _LONGEST_KEY:
        raise HTTPException(400, f"An Idempotency-Key has at most {_LONGEST_KEY} characters.")
    return sha256(f"{caller.member.id} {header}".encode()).hexdigest() if header else None
