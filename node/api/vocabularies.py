"""The network's vocabularies: what publications can be about, in many languages."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from actors import taxonomy
from actors.errors import NotFound
from node.http.auth import caller_of
from node.http.errors import NOTHING_HERE
from node.http.replies import PUBLIC, json_reply


async def show_all(request: Request) -> Response:
    """List the vocabularies."""
    await caller_of(request)
    listed = [
        {
            "name": scheme.name,
            "id": scheme.iri,
            "label": dict(scheme.labels),
            "concepts": len(scheme.concepts),
        }
        for scheme in taxonomy.schemes().values()
    ]
    return json_reply(request, listed, cache=PUBLIC)


async def show(request: Request) -> Response:
    """Show a vocabulary with all its concepts."""
    await caller_of(request)
    scheme = taxonomy.schemes().get(request.path_params["scheme"])
    if scheme is None:
        raise NotFound(NOTHING_HERE)
    shown = {
        "name": scheme.name,
        "id": scheme.iri,
        "label": dict(scheme.labels),
        "concepts": [_concept(concept) for concept in scheme.concepts.values()],
    }
    return json_reply(request, shown, cache=PUBLIC)


def _concept(concept: taxonomy.Concept) -> dict[str, Any]:
    return {
        "id": concept.iri,
        "reference": concept.reference,
        "label": dict(concept.labels),
        "broader": concept.broader,
    }
