"""Moderators' programs: accounts, reports and other nodes, through their routes."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.documents import add_rule
from storage.actors import Actor
from storage.kinds import Policy, Role
from storage.membership_requests import MembershipRequest
from storage.moderation import ModerationAction
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked, sign_in

ADMIN = "/api/v1/admin"
ACCOUNT = {
    "id", "username", "domain", "created_at", "email", "ip", "ips", "locale", "invite_request", "role",
    "confirmed", "approved", "disabled", "sensitized", "silenced", "suspended", "account",
}  # fmt: skip
REPORT = {
    "id", "action_taken", "action_taken_at", "category", "comment", "forwarded", "created_at", "updated_at",
    "account", "target_account", "assigned_account", "action_taken_by_account", "statuses", "rules",
}  # fmt: skip
SCOPES = ("read", "write", "admin:read", "admin:write")


async def send(node: ServedNode, token: str | None, method: str, path: str, **words: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await node.client.request(method, path, json=words or None, headers=headers)


async def moderator(node: ServedNode, role: Role = Role.MODERATOR, name: str = "mod") -> tuple[Actor, str]:
    actor = await node.member(name)
    return actor, await sign_in(node, actor, SCOPES, role)


async def done(node: ServedNode, target: Actor) -> list[ModerationAction]:
    async with node.node.database.read() as tx:
        return await tx.moderation.about(target)


async def report(node: ServedNode, token: str, target: Actor, **words: Any) -> str:
    answer = await send(node, token, "POST", "/api/v1/reports", account_id=target.id, **words)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


ROUTES = [
    ("GET", f"{ADMIN}/accounts"),
    ("GET", "/api/v2/admin/accounts"),
    ("GET", f"{ADMIN}/accounts/1"),
    ("DELETE", f"{ADMIN}/accounts/1"),
    ("POST", f"{ADMIN}/accounts/1/approve"),
    ("POST", f"{ADMIN}/accounts/1/reject"),
    ("POST", f"{ADMIN}/accounts/1/action"),
    ("POST", f"{ADMIN}/accounts/1/enable"),
    ("POST", f"{ADMIN}/accounts/1/unsilence"),
    ("POST", f"{ADMIN}/accounts/1/unsuspend"),
    ("POST", f"{ADMIN}/accounts/1/unsensitive"),
    ("GET", f"{ADMIN}/reports"),
    ("GET", f"{ADMIN}/reports/1"),
    ("PUT", f"{ADMIN}/reports/1"),
    ("PATCH", f"{ADMIN}/reports/1"),
    ("POST", f"{ADMIN}/reports/1/assign_to_self"),
    ("POST", f"{ADMIN}/reports/1/unassign"),
    ("POST", f"{ADMIN}/reports/1/resolve"),
    ("POST", f"{ADMIN}/reports/1/reopen"),
    ("GET", f"{ADMIN}/domain_blocks"),
    ("POST", f"{ADMIN}/domain_blocks"),
    ("GET", f"{ADMIN}/domain_blocks/1"),
    ("PUT", f"{ADMIN}/domain_blocks/1"),
    ("DELETE", f"{ADMIN}/domain_blocks/1"),
    ("GET", f"{ADMIN}/domain_allows"),
    ("POST", f"{ADMIN}/domain_allows"),
    ("GET", f"{ADMIN}/domain_allows/1"),
    ("DELETE", f"{ADMIN}/domain_allows/1"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_only_moderators_with_the_scope_get_in(tmp_path: Path, method: str, path: str) -> None:
    async with served(tmp_path) as node:
        mod = await node.member("mod")
        narrow = await sign_in(node, mod, ("read", "write"), Role.MODERATOR)
        member = await sign_in(node, await node.member("amina"), SCOPES, Role.PUBLISHER)
        answers = [await send(node, token, method, path) for token in (None, narrow, member)]
    assert [each.status_code for each in answers] == [401, 403, 403]
    assert all(each.json()["error"] for each in answers)


async def test_accounts_are_listed_as_moderators_want_them(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        amina, other = await node.member("amina"), await node.stranger("other")
        await sign_in(node, amina)
        every = await asked(node, f"{ADMIN}/accounts", token)
        queries = {
            "local=true": {"mod", "amina", "office"},
            "remote=true": {"other"},
            "staff=true": {"mod"},
            "username=AMI": {"amina"},
            "display_name=ami": {"amina"},
            "by_domain=other.example": {"other"},
            "email=amina@node.example": {"amina"},
            "active=true": {"mod", "amina", "office", "other"},
            "suspended=true": set(),
        }
        for query, names in queries.items():
            found = await asked(node, f"{ADMIN}/accounts?{query}", token)
            assert {each["username"] for each in found} == names, query
        for query, names in {
            "origin=remote": {"other"},
            "permissions=staff": {"mod"},
            "status=disabled": set(),
        }.items():
            found = await asked(node, f"/api/v2/admin/accounts?{query}", token)
            assert {each["username"] for each in found} == names, query
        page = await node.get(f"{ADMIN}/accounts?limit=1", None, authorization=f"Bearer {token}")
        one = await asked(node, f"{ADMIN}/accounts/{amina.id}", token)
    assert all(set(each) == ACCOUNT for each in every)
    assert f'max_id={other.id}>; rel="next"' in page.headers["link"]
    assert (one["email"], one["domain"], one["confirmed"]) == ("amina@node.example", None, True)
    assert one["role"]["name"]
    assert one["account"]["acct"] == "amina"


async def test_a_silenced_account_stands_in_no_public_list(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        loud = await node.stranger("loud")
        post = await node.publish(loud)
        path = f"{ADMIN}/accounts/{loud.id}"
        before = await asked(node, "/api/v1/timelines/public")
        taken = await send(node, token, "POST", f"{path}/action", type="silence", text="Too loud.")
        silent = await asked(node, "/api/v1/timelines/public")
        mine = await asked(node, "/api/v1/timelines/public", token)
        shown = await asked(node, path, token)
        direct = await asked(node, f"/api/v1/statuses/{post.id}")
        again = await send(node, token, "POST", f"{path}/unsilence")
        after = await asked(node, "/api/v1/timelines/public")
    assert (taken.status_code, taken.json()) == (200, {})
    assert [len(each) for each in (before, silent, mine, after)] == [1, 0, 0, 1]
    assert (shown["silenced"], again.json()["silenced"]) == (True, False)
    assert direct["id"] == str(post.id)


async def test_a_suspended_account_is_shown_no_more_and_others_are_told(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        mod, token = await moderator(node)
        amina = await node.member("amina")
        theirs = await sign_in(node, amina)
        post = await node.publish(amina)
        path = f"{ADMIN}/accounts/{amina.id}"
        await send(node, token, "POST", f"{path}/action", type="suspend", text="Spam.")
        gone = await node.client.get(f"/api/v1/statuses/{post.id}")
        refused = await send(node, theirs, "GET", "/api/v1/accounts/verify_credentials")
        shown = await asked(node, path, token)
        await send(node, token, "POST", f"{path}/unsuspend")
        await send(node, token, "POST", f"{path}/enable")
        back = await asked(node, path, token)
        async with node.node.database.begin() as tx:
            told = [each for each in await tx.activities.waiting(99) if each.verb == "Update"]
        audit = await done(node, amina)
    assert (gone.status_code, refused.status_code) == (404, 401)
    assert (shown["suspended"], shown["disabled"]) == (True, True)
    assert (back["suspended"], back["disabled"]) == (False, False)
    assert [each.object for each in told] == [amina.uri] * 2
    assert [(each.verb, each.moderator_id, each.comment) for each in audit] == [
        ("undo disable", mod.id, ""),
        ("undo suspend", mod.id, ""),
        ("suspend", mod.id, "Spam."),
    ]


async def test_a_sensitized_account_is_always_behind_a_warning(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        amina = await node.member("amina")
        theirs = await sign_in(node, amina)
        old = await node.publish(amina)
        path = f"{ADMIN}/accounts/{amina.id}"
        before = await asked(node, f"/api/v1/statuses/{old.id}")
        await send(node, token, "POST", f"{path}/action", type="sensitive")
        after = await asked(node, f"/api/v1/statuses/{old.id}")
        new = (await send(node, theirs, "POST", "/api/v1/statuses", status="Hello")).json()
        freed = await send(node, token, "POST", f"{path}/unsensitive")
        newest = (await send(node, theirs, "POST", "/api/v1/statuses", status="Hello again")).json()
    assert [each["sensitive"] for each in (before, after, new, newest)] == [False, True, True, False]
    assert freed.json()["sensitized"] is False


async def test_a_disabled_member_is_let_in_no_more(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        amina = await node.member("amina")
        theirs = await sign_in(node, amina)
        path = f"{ADMIN}/accounts/{amina.id}"
        await send(node, token, "POST", f"{path}/action", type="disable")
        out = await send(node, theirs, "GET", "/api/v1/preferences")
        enabled = await send(node, token, "POST", f"{path}/enable")
        nobody = await send(
            node, token, "POST", f"{ADMIN}/accounts/{(await node.stranger()).id}/action", type="disable"
        )
    assert out.status_code == 401
    assert enabled.json()["disabled"] is False
    assert nobody.status_code == 422


async def test_some_measures_are_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        mod, token = await moderator(node)
        admin, _ = await moderator(node, Role.ADMIN, "boss")
        amina, other = await node.member("amina"), await node.stranger("other")
        mine = await report(node, token, other)
        answers = [
            await send(node, token, "POST", f"{ADMIN}/accounts/{target}/action", **words)
            for target, words in (
                (amina.id, {"type": "boil"}),
                (amina.id, {"type": "none", "text": "x" * 5001}),
                (admin.id, {"type": "suspend"}),
                (mod.id, {"type": "suspend"}),
                (node.office.id, {"type": "silence"}),
                (node.server.id, {"type": "suspend"}),
                (12345, {"type": "silence"}),
                (amina.id, {"type": "none", "report_id": mine}),
            )
        ]
        deleted = await send(node, token, "DELETE", f"{ADMIN}/accounts/{other.id}")
        approved = await send(node, token, "POST", f"{ADMIN}/accounts/{amina.id}/approve")
    assert [each.status_code for each in answers] == [422, 422, 403, 409, 403, 403, 404, 404]
    assert (deleted.status_code, approved.status_code) == (403, 403)


async def test_those_who_ask_to_join_are_approved_or_rejected(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node, Role.ADMIN)
        _, only = await moderator(node, Role.MODERATOR, "only")
        async with node.node.database.begin() as tx:
            for name in ("amina", "baraka"):
                await tx.membership_requests.add(
                    MembershipRequest(
                        tx.new_id(), name, f"{name}@node.example", "x", "To help.", tx.now, "sw"
                    )
                )
        waiting = await asked(node, f"{ADMIN}/accounts?pending=true", token)
        also = await asked(node, "/api/v2/admin/accounts?status=pending&limit=1", token)
        amina, baraka = (
            next(each for each in waiting if each["username"] == name) for name in ("amina", "baraka")
        )
        one = await asked(node, f"{ADMIN}/accounts/{amina['id']}", token)
        refused = await send(node, only, "POST", f"{ADMIN}/accounts/{amina['id']}/approve")
        joined = await send(node, token, "POST", f"{ADMIN}/accounts/{amina['id']}/approve")
        turned = await send(node, token, "POST", f"{ADMIN}/accounts/{baraka['id']}/reject")
        again = await send(node, token, "POST", f"{ADMIN}/accounts/{baraka['id']}/reject")
        left = await asked(node, f"{ADMIN}/accounts?pending=true", token)
        members = await asked(node, f"{ADMIN}/accounts?local=true&username=amina", token)
    assert set(amina) == set(one) == ACCOUNT
    assert (amina["approved"], amina["invite_request"], amina["locale"]) == (False, "To help.", "sw")
    assert [each["username"] for each in also] == ["baraka"]
    assert refused.status_code == 403
    assert (joined.json()["approved"], joined.json()["email"]) == (True, "amina@node.example")
    assert (turned.status_code, again.status_code) == (200, 403)
    assert left == []
    assert len(members) == 1


async def test_reports_are_taken_on_classified_and_resolved(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        mod, token = await moderator(node)
        amina, bad = await node.member("amina"), await node.stranger("bad")
        theirs = await sign_in(node, amina)
        post = await node.publish(bad)
        async with node.node.database.begin() as tx:
            rule = await add_rule(tx, "Be kind.")
        number = await report(node, theirs, bad, status_ids=[post.id], comment="Rude.")
        other = await report(node, theirs, node.office)
        path = f"{ADMIN}/reports/{number}"
        shown = await asked(node, path, token)
        steps = [
            await send(node, token, "POST", f"{path}/assign_to_self"),
            await send(node, token, "PUT", path, category="violation", rule_ids=[str(rule.id)]),
            await send(node, token, "POST", f"{path}/resolve"),
        ]
        resolved = await asked(node, f"{ADMIN}/reports?resolved=true", token)
        waiting = await asked(node, f"{ADMIN}/reports", token)
        steps += [
            await send(node, token, "POST", f"{path}/reopen"),
            await send(node, token, "POST", f"{path}/unassign"),
        ]
        filters = {
            f"account_id={amina.id}": {number, other},
            f"target_account_id={bad.id}": {number},
            "by_target_domain=other.example": {number},
            f"account_id={bad.id}": set(),
        }
        for query, wanted in filters.items():
            found = await asked(node, f"{ADMIN}/reports?{query}", token)
            assert {each["id"] for each in found} == wanted, query
        wrong = await send(node, token, "PATCH", path, category="boring")
        nothing = await send(node, token, "GET", f"{ADMIN}/reports/12345")
    assert set(shown) == REPORT
    assert set(shown["account"]) == ACCOUNT
    assert [each["id"] for each in shown["statuses"]] == [str(post.id)]
    assigned, classified, closed, reopened, unassigned = (each.json() for each in steps)
    assert assigned["assigned_account"]["id"] == str(mod.id)
    assert (classified["category"], classified["rules"][0]["text"]) == ("violation", "Be kind.")
    assert closed["action_taken"] is True
    assert closed["action_taken_by_account"]["username"] == "mod"
    assert ([each["id"] for each in resolved], [each["id"] for each in waiting]) == ([number], [other])
    assert (reopened["action_taken"], reopened["action_taken_at"]) == (False, None)
    assert unassigned["assigned_account"] is None
    assert (wrong.status_code, nothing.status_code) == (422, 404)


async def test_a_measure_resolves_the_report_that_asked_for_it(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        bad = await node.stranger("bad")
        number = await report(node, await sign_in(node, await node.member("amina")), bad)
        await send(node, token, "POST", f"{ADMIN}/accounts/{bad.id}/action", type="silence", report_id=number)
        found = await asked(node, f"{ADMIN}/reports/{number}", token)
        (audit,) = await done(node, bad)
    assert found["action_taken"] is True
    assert found["target_account"]["silenced"] is True
    assert (audit.verb, audit.report_id) == ("silence", int(number))


async def test_hosts_are_blocked_limited_and_freed(tmp_path: Path) -> None:
    path = f"{ADMIN}/domain_blocks"
    async with served(tmp_path, {"federation": {"show_blocks": "everybody"}}) as node:
        _, token = await moderator(node)
        async with node.node.database.begin() as tx:
            await tx.peers.set_policy("old.example", Policy.BLOCKED, tx.now)
        made = await send(
            node, token, "POST", path, domain="Bad.Example", severity="suspend", public_comment="Spam"
        )
        twice = await send(node, token, "POST", path, domain="bad.example")
        number = made.json()["id"]
        listed = await asked(node, path, token)
        changed = await send(
            node, token, "PUT", f"{path}/{number}", severity="silence", private_comment="Odd"
        )
        shown = await asked(node, f"{path}/{number}", token)
        open_to_all = await asked(node, "/api/v1/instance/domain_blocks")
        freed = await send(node, token, "DELETE", f"{path}/{number}")
        gone = await send(node, token, "GET", f"{path}/{number}")
        async with node.node.database.read() as tx:
            policy = await tx.peers.by_host("bad.example")
        wrong = [
            await send(node, token, "POST", path, **words)
            for words in ({"domain": "not a domain"}, {"domain": "x.example", "severity": "boil"}, {})
        ]
    assert set(made.json()) == {
        "id", "domain", "digest", "created_at", "severity", "reject_media", "reject_reports",
        "private_comment", "public_comment", "obfuscate",
    }  # fmt: skip
    assert (made.json()["domain"], made.json()["severity"]) == ("bad.example", "suspend")
    assert twice.status_code == 422
    assert {each["domain"] for each in listed} == {"bad.example", "old.example"}
    assert (changed.json()["severity"], changed.json()["public_comment"]) == ("silence", "Spam")
    assert (shown["private_comment"], shown["id"]) == ("Odd", number)
    assert [(each["domain"], each["comment"]) for each in open_to_all] == [
        ("old.example", None),
        ("bad.example", "Spam"),
    ]
    assert (freed.status_code, freed.json(), gone.status_code) == (200, {}, 404)
    assert policy is not None
    assert policy.policy == Policy.KNOWN
    assert [each.status_code for each in wrong] == [422, 422, 422]


async def test_administrators_trust_hosts_and_moderators_do_not(tmp_path: Path) -> None:
    path = f"{ADMIN}/domain_allows"
    async with served(tmp_path) as node:
        _, token = await moderator(node, Role.ADMIN)
        _, only = await moderator(node, Role.MODERATOR, "only")
        refused = await send(node, only, "POST", path, domain="good.example")
        made = await send(node, token, "POST", path, domain="good.example")
        number = made.json()["id"]
        listed = await asked(node, path, only)
        shown = await asked(node, f"{path}/{number}", only)
        kept = await send(node, only, "DELETE", f"{path}/{number}")
        freed = await send(node, token, "DELETE", f"{path}/{number}")
        left = await asked(node, path, token)
    assert refused.status_code == 403
    assert set(shown) == {"id", "domain", "created_at"}
    assert [each["domain"] for each in listed] == ["good.example"]
    assert (kept.status_code, freed.status_code) == (403, 200)
    assert left == []


async def test_a_member_is_warned_in_the_name_of_the_body(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        _, token = await moderator(node)
        amina = await node.member("amina")
        theirs = await sign_in(node, amina)
        path = f"{ADMIN}/accounts/{amina.id}/action"
        await send(node, token, "POST", path, type="none", text="Please be kind.")
        (found,) = await asked(node, "/api/v1/notifications", theirs)
    assert (found["type"], found["account"]["username"]) == ("moderation_warning", "office")
    warning = found["moderation_warning"]
    assert (warning["action"], warning["text"]) == ("none", "Please be kind.")
    assert warning["target_account"]["username"] == "amina"
    assert warning["appeal"] is None
