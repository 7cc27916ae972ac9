"""Flag: reports that come from other nodes, and those that go there."""

from typing import Any

import pytest

from actors.reporting import report
from storage.paging import Page
from storage.reports import Report, WantedReports
from tests import make
from tests.federation.inbox_scene import ALICE, Scene, meet
from tests.fediverse import Fediverse


def flag(objects: Any, number: int | str = 1, **more: Any) -> dict[str, Any]:
    return make.activity("Flag", ALICE, objects, number, **more)


async def kept(scene: Scene) -> list[Report]:
    async with scene.node.database.read() as tx:
        return await tx.reports.page(Page(), WantedReports())


async def test_a_report_names_accounts_and_what_they_published(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    await scene.applies(
        scene.alice, flag([scene.office.uri, ours.uri, "https://third.example/notes/1"], content="Spam <b>!")
    )
    (found,) = await kept(scene)
    assert (found.target_id, found.publication_ids) == (scene.office.id, [ours.id])
    assert (found.category, found.forwarded, found.resolved_at) == ("other", False, None)
    assert "Spam" in found.comment
    async with scene.node.database.read() as tx:
        reporter = await tx.actors.by_uri(ALICE)
    assert reporter is not None
    assert found.reporter_id == reporter.id


async def test_a_report_may_name_publications_alone(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    await scene.applies(scene.alice, flag(ours.uri))
    (found,) = await kept(scene)
    assert (found.target_id, found.publication_ids) == (scene.office.id, [ours.id])


@pytest.mark.parametrize("objects", ["https://third.example/users/x", [ALICE], "https://node.example/o/77"])
async def test_a_report_about_nobody_of_this_node_is_ignored(fediverse: Fediverse, objects: Any) -> None:
    scene = await meet(fediverse, follow=False)
    outcome, reason = await scene.outcome(scene.alice, flag(objects))
    assert (outcome, reason) == ("ignored", "It reports nobody of this node.")
    assert await kept(scene) == []


async def test_a_long_comment_is_cut_off(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.applies(scene.alice, flag(scene.office.uri, content="x" * 9000))
    (found,) = await kept(scene)
    assert len(found.comment) == 5000


async def test_a_forwarded_report_arrives_in_the_name_of_the_server(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    reporter = await scene.node.person("amina")
    target = await scene.node.resolve(ALICE)
    async with scene.node.database.begin() as tx:
        await report(tx, reporter, target, comment="Spam!", forward=True)
    await fediverse.settle()
    (sent,) = [each for each in scene.remote.received if each["type"] == "Flag"]
    assert sent["actor"] == f"{scene.node.base}/actors/node"
    assert sent["object"] == [ALICE]
    assert sent["content"] == "Spam!"
    assert "amina" not in str(sent)
