"""What publications were before they were edited, and why they were."""

from starlette.requests import Request
from starlette.responses import Response

from node.api.parameters import Parameters, with_parameters
from node.api.publications import find_readable, reader_of
from node.api.representation import present_json, revision_json
from node.context import node_of
from node.http.replies import json_reply
from storage.showing import revisions_between


async def show(request: Request) -> Response:
    """List the revisions of a publication, newest first, the present one among them.

    Whoever may read the publication may read them; those of what other nodes publish since it came here.
    """
    reader = await reader_of(request)
    parameters = Parameters(request)
    before, size = parameters.identifier("before"), parameters.limit()
    parameters.refuse()
    async with node_of(request).database.read() as tx:
        publication, _ = await find_readable(tx, request, reader)
        newest = publication.revision if before is None else min(publication.revision, before - 1)
        oldest = newest - size + 1
        # The reason for a change is kept with what it changed, which is the revision before.
        kept = await revisions_between(tx, publication, oldest - 1, newest)
    reasons = {number + 1: revision.reason for number, revision in kept.items()}
    found = [
        revision_json(kept[number], reasons.get(number, ""))
        for number in sorted(kept, reverse=True)
        if number >= oldest
    ]
    if newest == publication.revision:
        found.insert(0, present_json(publication, reasons.get(newest, "")))
    response = json_reply(request, found)
    if oldest > 1 and oldest in kept:
        response.headers["Link"] = f'<{with_parameters(request, {"before": oldest})}>; rel="next"'
    return response
