"""Any JSON at all as the body of a well signed request: taken or refused, never a mistake of ours."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.handlers import HANDLERS
from tests import make
from tests.federation.any_json import DOCUMENTS, JSON
from tests.federation.inbox_scene import ALICE, body_of, forged, meet
from tests.fediverse import Fediverse

NOTE = f"{ALICE}/notes/1"

URIS = st.sampled_from(
    [
        ALICE,
        NOTE,
        f"{ALICE}/followers",
        f"{ALICE}/activities/create-1",
        f"{ALICE}/activities/follow-1",
        "https://node.example/actors/office",
        "https://node.example/actors/node",
        "https://node.example/o/1",
        "https://elsewhere.example/notes/1",
        make.PUBLIC,
        "urn:uuid:1",
    ]
)
EMBEDDED = st.builds(
    lambda document, known: {**document, **known},
    DOCUMENTS,
    st.fixed_dictionaries(
        {"id": URIS},
        optional={
            "type": st.sampled_from(["Note", "Event", "Person", "Tombstone", "Follow", "Like", "Question"]),
            "attributedTo": URIS,
            "actor": st.just(ALICE),
            "object": URIS,
            "content": st.text(max_size=20),
            "updated": st.sampled_from(["2026-08-23T09:00:00Z", "2099-01-01T00:00:00Z", "nonsense"]),
            "inReplyTo": URIS,
            "to": st.lists(URIS, max_size=3),
        },
    ),
)
ACTIVITIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(kind.__name__ for kind in HANDLERS)),
        "object": st.one_of(URIS, EMBEDDED),
    },
    optional={
        "id": st.one_of(URIS, st.just(f"{ALICE}/activities/any")),
        "target": st.one_of(URIS, EMBEDDED),
        "to": st.lists(URIS, max_size=3),
        "published": st.just("2026-08-23T09:00:00Z"),
        "content": st.text(max_size=5),
    },
)
"""Activities that a handler gets to see, about things that exist and things that do not."""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_json_is_answered_properly(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Any body, well signed, is taken or refused, never a mistake of ours; what was taken can be applied."""
    documents = data.draw(
        st.lists(st.one_of(ACTIVITIES, ACTIVITIES, DOCUMENTS, JSON), min_size=1, max_size=8)
    )

    async def story() -> None:
        async with Fediverse(tmp_path_factory.mktemp("any")) as fediverse:
            scene = await meet(fediverse)
            for document in documents:
                said = {**document, "actor": ALICE} if isinstance(document, dict) else document
                reply = await scene.node.deliver(forged(body=body_of(said)))
                assert reply.status in {202, 400, 401, 403, 413, 415, 429, 503}, (document, reply.body)
            await fediverse.settle()
            await fediverse.pass_time(steps=8, hours=3)
            assert all(outcome is not None for _, outcome in await scene.node.outcomes())
            assert not [
                row.reason for row in await scene.node.received() if "see the log" in (row.reason or "")
            ]

    asyncio.run(story())
