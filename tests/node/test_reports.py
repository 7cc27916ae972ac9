"""Reporting somebody to the moderators: from a member's app, and from other nodes."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.documents import add_rule
from storage.actors import Actor
from storage.kinds import Role
from storage.paging import Page
from storage.reports import Report, WantedReports
from tests.clients.entities.reports import Report as ReportEntity
from tests.clients.validation import validate
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked, sign_in

PATH = "/api/v1/reports"


async def send(node: ServedNode, token: str | None, **words: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await node.client.post(PATH, json=words, headers=headers)


async def kept(node: ServedNode) -> list[Report]:
    async with node.node.database.read() as tx:
        return await tx.reports.page(Page(), WantedReports())


async def recorded(node: ServedNode) -> list[Any]:
    async with node.node.database.begin() as tx:
        return [each for each in await tx.activities.waiting(99) if each.verb == "Flag"]


async def people(node: ServedNode) -> tuple[Actor, Actor, str, str]:
    amina, moderator = await node.member("amina"), await node.member("baraka")
    token = await sign_in(node, amina)
    other = await sign_in(node, moderator, role=Role.MODERATOR)
    return amina, moderator, token, other


async def test_a_member_reports_somebody_and_the_moderators_are_told(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, moderator, token, _ = await people(node)
        bad = await node.stranger("bad")
        post = await node.publish(bad)
        elses, hidden = await node.publish(node.office), await node.publish(bad, "direct")
        async with node.node.database.begin() as tx:
            rule = await add_rule(tx, "Be kind.")
        answer = await send(
            node,
            token,
            account_id=str(bad.id),
            status_ids=[str(each.id) for each in (post, elses, hidden)],
            comment=" Rude. ",
            rule_ids=[rule.id],
        )
        (report,) = await kept(node)
        async with node.node.database.read() as tx:
            events = [each for each in await tx.stream_events.after(0, 99) if each.event == "notification"]
        flags = await recorded(node)
    assert answer.status_code == 200
    body = answer.json()
    validate(body, ReportEntity, member=True)
    assert (body["category"], body["comment"], body["forwarded"]) == ("violation", "Rude.", False)
    assert (body["status_ids"], body["rule_ids"]) == ([str(post.id)], [str(rule.id)])
    assert body["target_account"]["acct"] == "bad@other.example"
    assert (report.reporter_id, report.target_id, report.publication_ids) == (amina.id, bad.id, [post.id])
    assert [each.owner_id for each in events] == [moderator.id]
    assert flags == []


async def test_a_report_is_forwarded_without_the_name_of_who_reported(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, _, token, _ = await people(node)
        bad = await node.stranger("bad")
        post = await node.publish(bad)
        answer = await send(
            node,
            token,
            account_id=bad.id,
            status_ids=[post.id],
            comment="Spam!",
            forward=True,
            category="spam",
        )
        (flag,) = await recorded(node)
    assert (answer.json()["forwarded"], answer.json()["category"]) == (True, "spam")
    assert flag.actor_id == node.server.id
    assert flag.details == {"object": [bad.uri, post.uri], "content": "Spam!", "to": [bad.uri]}
    assert flag.target_id == bad.id


async def test_nothing_is_forwarded_about_members_of_this_node(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, moderator, token, _ = await people(node)
        answer = await send(node, token, account_id=moderator.id, forward=True)
        assert await recorded(node) == []
    assert answer.json()["forwarded"] is False
    assert answer.json()["category"] == "other"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"comment": "x" * 1001}, "comment"),
        ({"category": "boring"}, "category"),
        ({"rule_ids": ["7"]}, "rule_ids"),
    ],
)
async def test_what_cannot_be_a_report_is_refused(tmp_path: Path, words: dict[str, Any], field: str) -> None:
    async with served(tmp_path) as node:
        _, _, token, _ = await people(node)
        answer = await send(node, token, account_id=node.office.id, **words)
        assert await kept(node) == []
    assert answer.status_code == 422
    assert field in answer.json()["details"]


async def test_nobody_reports_without_the_scope_or_somebody_who_is_not_there(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, _, token, _ = await people(node)
        reading = await sign_in(node, amina, ("read",))
        answers = [
            await send(node, None, account_id=node.office.id),
            await send(node, reading, account_id=node.office.id),
            await send(node, token, account_id="12345"),
            await send(node, token),
        ]
    assert [each.status_code for each in answers] == [401, 403, 404, 404]


async def test_moderators_find_the_report_in_their_notifications(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, _, token, moderators = await people(node)
        made = [(await send(node, token, account_id=node.office.id)).json() for _ in "ab"]
        found = await asked(node, "/api/v1/notifications", moderators)
        grouped = await asked(node, "/api/v2/notifications", moderators)
    assert [each["type"] for each in found] == ["admin.report"] * 2
    assert [each["report"]["id"] for each in found] == [made[1]["id"], made[0]["id"]]
    assert {each["account"]["id"] for each in found} == {str(amina.id)}
    validate(found[0]["report"], ReportEntity, member=True)
    groups = grouped["notification_groups"]
    assert [each["report"]["id"] for each in groups] == [made[1]["id"], made[0]["id"]]
