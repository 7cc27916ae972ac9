"""Programs register, and people sign up through them where that is allowed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.errors import Conflict
from actors.joining import approve, find_request, reject
from tests.node.commands import new_node
from tests.node.served import ServedNode, new_keys, served
from tests.node.visitors import (
    BACK,
    PASSWORD,
    Browser,
    opens,
    own_token,
    person,
    registered,
    signed_in,
    token_of,
)

LIMITS = {"registrations_per_hour": 100, "sign_ins_per_hour": 100}


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"registration": {"mode": "open"}, "limits": LIMITS}) as node:
        yield node


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"registration": {"mode": "approval"}, "limits": LIMITS}) as node:
        yield node


async def sign_up(one: ServedNode, token: str | None = None, **fields: Any) -> httpx.Response:
    if token is None:
        token = await own_token(one, await registered(one, scopes="read write"))
    document = {
        "username": "amina",
        "email": "amina@node.example",
        "password": PASSWORD,
        "agreement": True,
        "locale": "fr",
        "reason": "I work here.",
    } | fields
    return await one.client.post(
        "/api/v1/accounts", json=document, headers={"authorization": f"Bearer {token}"}
    )


async def test_somebody_signs_up_where_that_is_open(one: ServedNode) -> None:
    answer = await sign_up(one, username="Amina")
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document.keys() == {"access_token", "token_type", "scope", "created_at"}
    assert document["scope"] == "read write"
    assert await opens(one, document["access_token"])
    async with one.node.database.read() as tx:
        member = await tx.members.by_email("amina@node.example")
    assert member is not None
    assert (member.role, member.language) == ("member", "fr")
    assert (await Browser(one).sign_in()).status == 303


async def test_nobody_signs_up_where_that_is_closed(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await sign_up(one)
        assert answer.status_code == 422
        assert "takes no registrations" in answer.json()["error"]
        async with one.node.database.read() as tx:
            assert await tx.members.all() == []


async def test_only_a_program_of_its_own_signs_somebody_up(one: ServedNode) -> None:
    await person(one, "brian")
    app = await registered(one)
    members = await token_of(one, await signed_in(one, "brian"), app)
    assert (await sign_up(one, members)).status_code == 403
    assert (await sign_up(one, "wrong")).status_code == 401
    narrow = await own_token(one, app, "read")
    refused = await sign_up(one, narrow)
    assert refused.status_code == 403
    assert refused.json() == {"error": "This action is outside the authorized scopes"}
    assert (await one.client.post("/api/v1/accounts", json={})).status_code == 401


async def test_a_token_of_signing_up_does_no_more_than_the_programs_own(one: ServedNode) -> None:
    app = await registered(one, scopes="read write admin:write")
    answer = await sign_up(one, await own_token(one, app, "write:accounts"))
    assert answer.json()["scope"] == "write:accounts"


@pytest.mark.parametrize(
    ("fields", "name", "word"),
    [
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"username": None}, "username", "ERR_BLANK"),
        ({"username": "a b"}, "username", "ERR_INVALID"),
        ({"username": "a" * 31}, "username", "ERR_TOO_LONG"),
        ({"username": "adm1n"}, "username", "ERR_RESERVED"),
        ({"username": "Brian"}, "username", "ERR_TAKEN"),
        ({"email": ""}, "email", "ERR_BLANK"),
        ({"email": "nowhere"}, "email", "ERR_INVALID"),
        ({"email": "BRIAN@node.example"}, "email", "ERR_TAKEN"),
        ({"password": ""}, "password", "ERR_BLANK"),
        ({"password": "short"}, "password", "ERR_TOO_SHORT"),
        ({"password": "x" * 500}, "password", "ERR_TOO_LONG"),
        ({"password": "a" * 30}, "password", "ERR_INVALID"),
        ({"agreement": False}, "agreement", "ERR_ACCEPTED"),
        ({"agreement": "0"}, "agreement", "ERR_ACCEPTED"),
        ({"agreement": None}, "agreement", "ERR_ACCEPTED"),
        ({"reason": "x" * 2001}, "reason", "ERR_TOO_LONG"),
    ],
)
async def test_what_is_wrong_is_said_in_mastodons_words(
    one: ServedNode, fields: dict[str, Any], name: str, word: str
) -> None:
    await person(one, "brian")
    answer = await sign_up(one, **fields)
    assert answer.status_code == 422
    document = answer.json()
    assert document["error"].startswith("Validation failed: ")
    assert list(document["details"]) == [name]
    ((problem,),) = document["details"].values()
    assert problem["error"] == word
    assert problem["description"]


async def test_everything_wrong_is_said_at_once(one: ServedNode) -> None:
    answer = await sign_up(one, username="", email="", password="", agreement=False)
    assert list(answer.json()["details"]) == ["username", "email", "password", "agreement"]


async def test_an_odd_language_is_as_good_as_none(one: ServedNode) -> None:
    assert (await sign_up(one, locale="xx-not-a-language-at-all")).status_code == 200


async def test_signing_up_is_limited_by_address(tmp_path: Path) -> None:
    limits = LIMITS | {"registrations_per_hour": 2}
    async with served(tmp_path, {"registration": {"mode": "open"}, "limits": limits}) as one:
        token = await own_token(one, await registered(one))
        mistaken = [(await sign_up(one, token, password="x")).status_code for _ in range(4)]
        taken = [(await sign_up(one, token, username="amina")).status_code for _ in range(3)]
    assert mistaken == [422] * 4, "a slip of the pen costs nothing"
    assert taken == [200, 422, 429], "finding out who is here does"


async def test_a_request_waits_until_somebody_decides(asking: ServedNode) -> None:
    answer = await sign_up(asking)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public"):
        waiting = await asking.client.get(path, headers={"authorization": f"Bearer {token}"})
        assert waiting.status_code == 403
        assert waiting.json() == {"error": "Your login is currently pending approval"}
    page = await Browser(asking).sign_in()
    assert page.status == 422
    assert "not decided yet" in page.text
    assert "not decided" not in (await Browser(asking).sign_in(password="wrong")).text
    async with asking.node.database.begin() as tx:
        assert await tx.members.all() == []
        request = await find_request(tx, "amina")
        assert request.reason == "I work here."
        await approve(tx, request, base_url=asking.node.base_url, domain="node.example", keys=new_keys())
    assert await opens(asking, token)
    assert (await Browser(asking).sign_in("amina@node.example")).status == 303
    async with asking.node.database.begin() as tx:
        with pytest.raises(Conflict):
            await approve(tx, request, base_url=asking.node.base_url, domain="node.example", keys=new_keys())


async def test_a_request_that_is_turned_down_leaves_nothing(asking: ServedNode) -> None:
    token = (await sign_up(asking)).json()["access_token"]
    async with asking.node.database.begin() as tx:
        request = await find_request(tx, "@Amina")
        await reject(tx, request)
        with pytest.raises(Conflict):
            await reject(tx, request)
        assert await tx.membership_requests.all() == []
    assert not await opens(asking, token)
    assert (await sign_up(asking)).status_code == 200


async def test_a_name_that_somebody_asks_for_is_taken(asking: ServedNode) -> None:
    await sign_up(asking)
    again = await sign_up(asking, email="other@node.example")
    assert list(again.json()["details"]) == ["username"]
    again = await sign_up(asking, username="other", email="AMINA@node.example")
    assert list(again.json()["details"]) == ["email"]


async def test_whoever_asks_says_why(asking: ServedNode) -> None:
    answer = await sign_up(asking, reason=" ")
    assert answer.json()["details"] == {"reason": [{"error": "ERR_BLANK", "description": "can't be blank"}]}


async def test_not_more_requests_wait_than_somebody_reads(
    asking: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.joining.MOST_WAITING", 1)
    await sign_up(asking)
    answer = await sign_up(asking, username="brian", email="brian@node.example")
    assert answer.status_code == 409
    assert "Too many requests to join" in answer.json()["error"]


def test_operators_decide_with_a_command(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    assert node.ok("request", "list") == "Nobody asks to join.\n"

    async def ask(tx: Any) -> None:
        from actors.applications import register_application  # noqa: PLC0415 - only here
        from actors.joining import ask_to_join  # noqa: PLC0415 - only here

        _, app = await register_application(tx, name="Example", redirect_uris=[BACK])
        for name in ("amina", "brian"):
            await ask_to_join(
                tx,
                app,
                ["read"],
                username=name,
                email=f"{name}@legalaid.example",
                password="hash",
                reason="I work here.",
            )

    node.write(ask)
    assert [each["username"] for each in node.json("request", "list")] == ["amina", "brian"]
    assert "hash" not in node.ok("request", "list", "--json")
    said = node.ok("request", "approve", "Amina", "--role", "editor")
    assert "@amina@legalaid.example is now a member, with the role editor" in said
    assert node.json("member", "list")[0]["role"] == "editor"
    assert "brian may not join" in node.ok("request", "reject", "brian")
    assert node.json("request", "list") == []
    assert "Nobody asks to join as brian" in node.refused("request", "approve", "brian")
    assert "Nobody asks to join as brian" in node.refused("request", "reject", "brian")


async def test_a_program_registers_as_with_mastodon(one: ServedNode) -> None:
    answer = await one.client.post(
        "/api/v1/apps",
        data={
            "client_name": "  Example\n client ",
            "redirect_uris": f"{BACK}\nurn:ietf:wg:oauth:2.0:oob\n{BACK}",
            "scopes": "read write:statuses read",
            "website": "https://client.example/",
        },
    )
    assert answer.status_code == 200
    document = answer.json()
    assert document.keys() == {
        *("id", "name", "website", "scopes", "redirect_uri", "redirect_uris", "client_id", "client_secret"),
        *("client_secret_expires_at", "vapid_key"),
    }
    assert document["name"] == "Example client"
    assert document["scopes"] == ["read", "write:statuses"]
    assert document["redirect_uris"] == [BACK, "urn:ietf:wg:oauth:2.0:oob"]
    assert document["redirect_uri"] == f"{BACK}\nurn:ietf:wg:oauth:2.0:oob"
    assert document["client_secret_expires_at"] == 0
    assert document["id"].isdigit()


async def test_a_program_registers_by_the_address_alone(one: ServedNode) -> None:
    answer = await one.client.post(
        "/api/v1/apps", params={"client_name": "Ice", "redirect_uris": "icecubesapp://"}
    )
    assert answer.status_code == 200
    assert answer.json()["scopes"] == ["read"]
    assert answer.json()["website"] is None
    listed = await one.client.post(
        "/api/v1/apps", json={"client_name": "List", "redirect_uris": ["a.b:/c", "https://d.example/"]}
    )
    assert listed.json()["redirect_uris"] == ["a.b:/c", "https://d.example/"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"client_name": ""}, "client_name can't be blank"),
        ({"client_name": "\u200b\u202e"}, "client_name can't be blank"),
        ({"client_name": "x" * 61}, "client_name is too long"),
        ({"client_name": None}, "client_name can't be blank"),
        ({"redirect_uris": ""}, "redirect_uris can't be blank"),
        ({"redirect_uris": []}, "redirect_uris can't be blank"),
        ({"redirect_uris": "/callback"}, "absolute"),
        ({"redirect_uris": "//client.example/"}, "absolute"),
        ({"redirect_uris": "javascript:alert(1)"}, "forbidden"),
        ({"redirect_uris": "JavaScript:alert(1)"}, "forbidden"),
        ({"redirect_uris": "data:text/html,x"}, "forbidden"),
        ({"redirect_uris": "vbscript:x"}, "forbidden"),
        ({"redirect_uris": "file:///etc/passwd"}, "forbidden"),
        ({"redirect_uris": f"{BACK}\njavascript:alert(1)"}, "forbidden"),
        ({"redirect_uris": "https://client.example/#x"}, "fragment"),
        ({"redirect_uris": "https://user:x@client.example/"}, "user name"),
        ({"redirect_uris": "http://client.example/"}, "https"),
        ({"redirect_uris": "http://localhost.evil.example/"}, "https"),
        ({"redirect_uris": "http://127.0.0.1.evil.example/"}, "https"),
        ({"redirect_uris": "https://"}, "valid URL"),
        ({"redirect_uris": "https://[::1"}, "valid URL"),
        ({"redirect_uris": "https://client.example:99999/"}, "valid URL"),
        ({"redirect_uris": "https://client.example/é"}, "characters"),
        ({"redirect_uris": 'https://client.example/"><script>'}, "characters"),
        ({"redirect_uris": "https://client.example/\\evil"}, "characters"),
        ({"redirect_uris": "https://client.example/" + "x" * 2000}, "too long"),
        ({"redirect_uris": [f"https://client.example/{number}" for number in range(21)]}, "more than 20"),
        ({"scopes": "read nonsense"}, "scopes doesn't match"),
        ({"scopes": "read:nonsense"}, "scopes doesn't match"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "client.example"}, "website"),
    ],
)
async def test_what_no_program_may_be_registered_with(
    one: ServedNode, fields: dict[str, Any], said: str
) -> None:
    document = {"client_name": "Example", "redirect_uris": BACK, "scopes": "read"} | fields
    answer = await one.client.post("/api/v1/apps", json=document)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"].startswith("Validation failed: ")
    assert said in answer.json()["error"]


async def test_a_test_network_may_use_plain_http(tmp_path: Path) -> None:
    sections = {
        "node": {"domain": "127.0.0.1:8101", "base_url": "http://127.0.0.1:8101"},
        "federation": {"allow_http": True},
    }
    async with served(tmp_path, sections) as one:
        app = await registered(one, back="http://client.example/")
    assert app["redirect_uris"] == ["http://client.example/"]


async def test_registering_programs_is_limited_by_address(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 2}}) as one:
        document = {"client_name": "Example", "redirect_uris": BACK}
        found = [(await one.client.post("/api/v1/apps", json=document)).status_code for _ in range(3)]
        assert found == [200, 200, 429]
        # Signing in is counted apart.
        await person(one)
        assert (await Browser(one).sign_in()).status == 303


async def test_only_a_program_is_told_how_it_is_known(one: ServedNode) -> None:
    assert (await one.client.get("/api/v1/apps/verify_credentials")).status_code == 401
    await person(one)
    app = await registered(one, scopes="push")
    token = await token_of(one, await signed_in(one), app, scope="push")
    answer = await one.client.get(
        "/api/v1/apps/verify_credentials", headers={"authorization": f"Bearer {token}"}
    )
    assert answer.json()["id"] == app["id"]
    assert not {"client_id", "client_secret"} & answer.json().keys()
