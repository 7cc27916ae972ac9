"""The node itself, as programs ask for it before anybody signs in."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from actors.documents import add_rule, remove_rule, translate_rule
from node.push.keys import vapid_public_key
from node.version import version
from storage.kinds import Policy, Role
from tests.clients.entities.instance import Instance, InstanceV1, NamedLanguage, NodeInfo, Rule
from tests.clients.validation import validate
from tests.node.served import served
from tests.node.signing_in import asked, sign_in


async def test_the_instance_is_one_that_every_client_can_read(tmp_path: Path) -> None:
    async with served(tmp_path, {"node": {"contact_email": "office@node.example"}}) as node:
        found = await asked(node, "/api/v2/instance")
        old = await asked(node, "/api/v1/instance")
    validate(found, Instance, member=False)
    validate(old, InstanceV1, member=False)
    assert found["domain"] == old["uri"] == "node.example"
    assert found["title"] == old["title"] == "Example body"
    assert found["version"] == old["version"] == f"4.5.0 (compatible; ILAN {version()})"
    assert found["api_versions"] == {"mastodon": 7}
    assert found["contact"]["email"] == old["email"] == "office@node.example"
    assert found["contact"]["account"]["acct"] == old["contact_account"]["acct"] == "office"
    configuration = found["configuration"]
    assert configuration["urls"]["streaming"] == old["urls"]["streaming_api"] == "wss://node.example"
    assert configuration["statuses"]["max_characters"] == old["max_toot_chars"] == 5000
    assert "image/png" in configuration["media_attachments"]["supported_mime_types"]
    assert configuration["translation"] == {"enabled": False}
    assert old["poll_limits"]["max_options"] == configuration["polls"]["max_options"]


async def test_the_key_for_push_services_stays_the_same(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        keys = {(await asked(node, "/api/v2/instance"))["configuration"]["vapid"]["public_key"] for _ in "ab"}
        assert keys == {await vapid_public_key(node.node)}
    assert all(re.fullmatch(r"[\w-]{87}", key) for key in keys)


async def test_the_picture_of_the_instance_is_served(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        found = await asked(node, "/api/v2/instance")
        path = found["thumbnail"]["url"].removeprefix(node.node.base_url)
        picture = await node.client.get(path)
        await node.change(node.office, image="https://node.example/media/files/a.png")
        changed = await asked(node, "/api/v2/instance")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert changed["thumbnail"]["url"] == "https://node.example/media/files/a.png"


@pytest.mark.parametrize(
    ("mode", "enabled", "approval"),
    [("closed", False, False), ("approval", True, True), ("open", True, False)],
)
async def test_the_instance_says_how_people_become_members(
    tmp_path: Path, mode: str, enabled: bool, approval: bool
) -> None:
    async with served(tmp_path, {"registration": {"mode": mode}}) as node:
        found = (await asked(node, "/api/v2/instance"))["registrations"]
        old = await asked(node, "/api/v1/instance")
    assert (found["enabled"], found["approval_required"]) == (enabled, approval)
    assert (old["registrations"], old["approval_required"]) == (enabled, approval)


async def test_the_instance_says_whether_it_talks_to_everybody(tmp_path: Path) -> None:
    async with served(tmp_path, {"federation": {"mode": "allow-list"}}) as node:
        found = await asked(node, "/api/v2/instance")
    assert found["configuration"]["limited_federation"] is True


async def test_the_instance_counts_what_is_here(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        token = await sign_in(node, amina)
        await node.publish(amina)
        await node.publish(amina, "direct")
        async with node.node.database.begin() as tx:
            for host in ("one.example", "two.example"):
                await tx.peers.meet(host, tx.now)
            await tx.peers.set_policy("bad.example", Policy.BLOCKED, tx.now)
        node.clock.forward(days=40)
        await asked(node, "/api/v1/announcements", token)
        found = await asked(node, "/api/v1/instance")
        active = (await asked(node, "/api/v2/instance"))["usage"]["users"]["active_month"]
    assert found["stats"] == {"user_count": 1, "status_count": 1, "domain_count": 2}
    assert active == 1


async def test_whoever_was_away_for_long_is_not_active(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        await sign_in(node, await node.member("amina"))
        node.clock.forward(days=40)
        found = await asked(node, "/api/v2/instance")
    assert found["usage"]["users"]["active_month"] == 0


async def test_rules_are_listed_with_their_translations(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        async with node.node.database.begin() as tx:
            first = await add_rule(tx, "Never write details of a case.", "Not even in a direct message.")
            second = await add_rule(tx, "Be kind.")
            await translate_rule(tx, second.id, "fr", "Soyez aimables.")
        rules = await asked(node, "/api/v1/instance/rules")
        async with node.node.database.begin() as tx:
            await remove_rule(tx, first.id)
        left = (await asked(node, "/api/v2/instance"))["rules"]
    validate(rules, list[Rule], member=False)
    assert [each["text"] for each in rules] == ["Never write details of a case.", "Be kind."]
    assert rules[0]["hint"] == "Not even in a direct message."
    assert rules[1]["translations"] == {"fr": {"text": "Soyez aimables.", "hint": ""}}
    assert [each["id"] for each in left] == [str(second.id)]


async def test_languages_are_listed_with_the_nodes_own_first(tmp_path: Path) -> None:
    async with served(tmp_path, {"node": {"languages": ["ne", "pt-BR"]}}) as node:
        found = await asked(node, "/api/v1/instance/languages")
        nothing = await asked(node, "/api/v1/instance/translation_languages")
    validate(found, list[NamedLanguage], member=False)
    assert found[:2] == [{"code": "ne", "name": "Nepali"}, {"code": "pt-BR", "name": "Portuguese"}]
    codes = [each["code"] for each in found]
    assert len(codes) == len(set(codes)) > 150
    assert nothing == {}


async def test_there_are_no_custom_emojis_of_this_node(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        assert await asked(node, "/api/v1/custom_emojis") == []


async def test_guests_may_keep_what_is_said_of_the_node_for_a_moment(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member())
        for path in ("/api/v2/instance", "/api/v1/instance", "/api/v1/custom_emojis"):
            guest = await node.client.get(path)
            member = await node.client.get(path, headers={"authorization": f"Bearer {token}"})
            assert guest.headers["cache-control"] == "public, max-age=15"
            assert member.headers["cache-control"] == "private, no-store"
            assert "Authorization" in guest.headers["vary"]


async def test_a_token_that_opens_nothing_does_not_hide_the_node(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        found = await node.client.get("/api/v2/instance", headers={"authorization": "Bearer gone"})
    assert found.status_code == 200


async def test_peers_are_listed_and_found(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        async with node.node.database.begin() as tx:
            for host in ("legal.example", "paralegal.example", "other.example", "node.example"):
                await tx.peers.meet(host, tx.now)
            await tx.peers.set_policy("bad-legal.example", Policy.BLOCKED, tx.now)
        peers = await asked(node, "/api/v1/instance/peers")
        found = await asked(node, "/api/v1/peers/search?q=LEGAL")
        nothing = await asked(node, "/api/v1/peers/search")
    assert peers == ["legal.example", "other.example", "paralegal.example"]
    assert found == ["legal.example", "paralegal.example"]
    assert nothing == []


async def test_activity_is_told_by_week(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        await sign_in(node, amina)
        await node.publish(amina)
        await node.publish(amina, "private")
        node.clock.forward(weeks=2)
        await node.publish(amina)
        await node.publish(amina)
        found = await asked(node, "/api/v1/instance/activity")
        monday = int((node.clock.now - timedelta(days=node.clock.now.weekday())).replace(hour=0).timestamp())
    assert len(found) == 12
    assert all(set(each) == {"week", "statuses", "logins", "registrations"} for each in found)
    assert all(re.fullmatch(r"\d+", value) for each in found for value in each.values())
    assert found[0]["week"] == str(monday)
    assert [each["statuses"] for each in found[:4]] == ["2", "0", "1", "0"]
    assert [each["registrations"] for each in found[:4]] == ["0", "0", "1", "0"]


@pytest.mark.parametrize(
    ("shown", "guest", "member"), [("nobody", 404, 404), ("members", 401, 200), ("everybody", 200, 200)]
)
async def test_blocked_hosts_are_shown_to_whom_the_operator_wants(
    tmp_path: Path, shown: str, guest: int, member: int
) -> None:
    async with served(tmp_path, {"federation": {"show_blocks": shown}}) as node:
        token = await sign_in(node, await node.member())
        async with node.node.database.begin() as tx:
            await tx.peers.set_policy("bad.example", Policy.BLOCKED, tx.now)
            await tx.peers.set_policy("loud.example", Policy.LIMITED, tx.now)
            await tx.peers.set_policy("good.example", Policy.TRUSTED, tx.now)
        path = "/api/v1/instance/domain_blocks"
        answers = [
            await node.client.get(path),
            await node.client.get(path, headers={"authorization": f"Bearer {token}"}),
        ]
    assert [each.status_code for each in answers] == [guest, member]
    if member == 200:
        found = answers[1].json()
        assert [(each["domain"], each["severity"]) for each in found] == [
            ("bad.example", "suspend"),
            ("loud.example", "silence"),
        ]
        assert all(set(each) == {"domain", "digest", "severity", "comment"} for each in found)
    else:
        assert answers[0].json() == {"error": "Record not found"}


async def test_nodeinfo_is_there_in_both_versions(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        links = await asked(node, "/.well-known/nodeinfo")
        found = await asked(node, "/nodeinfo/2.0")
        newer = await asked(node, "/nodeinfo/2.1")
        meta = await node.client.get("/.well-known/host-meta")
    validate(found, NodeInfo, member=False)
    assert re.search(r"\d+\.\d+\.\d+", found["software"]["version"])
    assert found["software"]["name"] == newer["software"]["name"] != "mastodon"
    assert {each["href"] for each in links["links"]} >= {
        "https://node.example/nodeinfo/2.0",
        "https://node.example/nodeinfo/2.1",
    }
    assert meta.headers["access-control-allow-origin"] == "*"


async def test_what_mastodon_gave_up_has_an_answer_too(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member(), role=Role.MEMBER)
        assert await asked(node, f"/api/v1/accounts/{node.office.id}/identity_proofs", token) == []
        assert await asked(node, "/api/v1/emails/check_confirmation", token) is True
        again = await node.client.post(
            "/api/v1/emails/confirmations", headers={"authorization": f"Bearer {token}"}
        )
        guest = await node.client.post("/api/v1/emails/confirmations")
    assert again.status_code == 403
    assert again.json()["error"]
    assert guest.status_code == 401
