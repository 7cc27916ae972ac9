"""Search in apps: operators, handles and addresses of everywhere, and what nobody may find."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from actors import reacting
from storage.actors import Actor
from storage.kinds import Policy
from tests.clients.entities.statuses import Search
from tests.clients.validation import validate
from tests.fediverse import Fediverse, LiveNode, Persona
from tests.make import note
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import done, posted
from tests.remotes import Remote

SEARCH = "/api/v2/search"


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


@pytest.fixture
def social(fediverse: Fediverse) -> Remote:
    return fediverse.remote("social.example")


@pytest.fixture
def writer(social: Remote) -> Persona:
    persona = social.person("writer", url="https://social.example/@writer")
    social.webfinger("acct:writer@social.example", actor=persona.uri)
    return persona


async def search(who: Program, q: str, **more: Any) -> dict[str, Any]:
    query = urlencode({"q": q, **more})
    found: dict[str, Any] = await done(who, "GET", f"{SEARCH}?{query}")
    validate(found, Search, member=who.token is not None)
    return found


async def statuses(who: Program, q: str, **more: Any) -> list[str]:
    """Return the ids of the statuses that are found."""
    return [each["id"] for each in (await search(who, q, **more))["statuses"]]


def actor(who: Program) -> Actor:
    assert who.actor is not None
    return who.actor


# The operators.


async def test_words_find_posts_people_and_hashtags(live: LiveNode, amina: Program) -> None:
    post = await posted(amina, "Bail hearings begin. #Bailiffs")
    await live.person("bailey")
    found = await search(amina, "bail")
    assert [each["id"] for each in found["statuses"]] == [post["id"]]
    assert [each["acct"] for each in found["accounts"]] == ["bailey"]
    assert [each["name"] for each in found["hashtags"]] == ["bailiffs"]
    for kind in ("accounts", "statuses", "hashtags"):
        only = await search(amina, "bail", type=kind)
        assert [name for name, each in only.items() if each] == [kind]
    assert await search(amina, "bail", type="collections") == {name: [] for name in found}
    assert [each["name"] for each in (await search(amina, "#BAIL"))["hashtags"]] == ["bailiffs"]


async def test_operators_of_the_network_narrow(live: LiveNode, amina: Program) -> None:
    common: dict[str, Any] = {"title": "Bail hearings", "summary": "How bail is heard."}
    practice = await live.publish(
        live.office,
        "Bail.",
        kind="practice",
        jurisdiction=["KE"],
        concepts=["stage/police-custody"],
        language="fr",
        **common,
    )
    resource = await live.publish(live.office, "Bail.", kind="resource", jurisdiction=["UG"], **common)
    plain = await live.publish(live.office, "Bail is a word.")
    every = {str(each.id) for each in (practice, resource, plain)}
    assert set(await statuses(amina, "bail")) == every
    one = [str(practice.id)]
    assert await statuses(amina, "kind:practice country:KE stage:police-custody lang:fr bail") == one
    for asked in ("kind:practice", "kind:practices", "country:ke", "country:Kenya", "stage:police-custody"):
        assert await statuses(amina, asked) == one, asked
    assert await statuses(amina, "language:fr") == one
    for asked in ("topic:police-custody", "about:stage/police-custody", "topic:Police-Custody"):
        assert await statuses(amina, asked) == one, asked
    assert await statuses(amina, "kind:resource bail") == [str(resource.id)]
    assert set(await statuses(amina, "kind:resource kind:practice")) == every - {str(plain.id)}
    assert await statuses(amina, "kind:practice country:NP") == []
    assert await statuses(amina, "kind:nothing bail") == []


async def test_operators_of_mastodon_narrow(fediverse: Fediverse, live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    old = await posted(bilal, "bail one")
    fediverse.wait(days=2)
    poll = await posted(amina, "bail two", poll={"options": ["a", "b"], "expires_in": 3600})
    answer = await posted(bilal, "bail three", in_reply_to_id=poll["id"])
    warned = await posted(amina, "bail four", spoiler_text="Prison")
    every = {each["id"] for each in (old, poll, answer, warned)}
    expected = {
        "from:bilal": {old["id"], answer["id"]},
        "from:@bilal@kenya.example": {old["id"], answer["id"]},
        "from:me": {poll["id"], warned["id"]},
        "from:nobody": set(),
        "has:poll": {poll["id"]},
        "-has:poll": every - {poll["id"]},
        "is:reply": {answer["id"]},
        "-is:reply": every - {answer["id"]},
        "is:sensitive": {warned["id"]},
        "has:media": set(),
        "has:image": set(),
        "before:2026-08-24": {old["id"]},
        "after:2026-08-24": every - {old["id"]},
        "during:2026-08-23": {old["id"]},
        'during:"2026-08-25"': every - {old["id"]},
        "in:all": every,
        "in:public": every,
        "-three": every - {answer["id"]},
    }
    for asked, wanted in expected.items():
        assert set(await statuses(amina, f"{asked} bail")) == wanted, asked


async def test_pictures_are_found_by_their_kind(live: LiveNode, amina: Program) -> None:
    picture = {"url": "https://files.example/a.png", "media_type": "image/png", "name": "A court"} | {
        "width": 40,
        "height": 30,
    }
    post = await live.publish(live.office, "bail", attachments=[picture])
    await live.publish(live.office, "bail")
    for asked in ("has:media", "has:image"):
        assert await statuses(amina, f"bail {asked}") == [str(post.id)]
    assert await statuses(amina, "bail has:video") == []


async def test_ones_library_is_what_one_had_to_do_with(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    liked, marked, other = [await posted(bilal, f"bail {number}") for number in range(3)]
    mentioned = await posted(bilal, "bail @amina")
    own = await posted(amina, "bail own")
    await done(amina, "POST", f"/api/v1/statuses/{liked['id']}/favourite")
    await done(amina, "POST", f"/api/v1/statuses/{marked['id']}/bookmark")
    wanted = {each["id"] for each in (liked, marked, mentioned, own)}
    assert set(await statuses(amina, "in:library bail")) == wanted
    assert other["id"] not in wanted


async def test_a_search_is_narrowed_by_parameters_too(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    first, second, third = [await posted(bilal, f"bail {number}") for number in range(3)]
    own = await posted(amina, "bail own")
    number = str(actor(bilal).id)
    assert set(await statuses(amina, "bail", account_id=number)) == {
        each["id"] for each in (first, second, third)
    }
    assert await statuses(amina, "bail", account_id="7") == []
    assert await statuses(amina, "bail", account_id=number, max_id=second["id"]) == [first["id"]]
    assert await statuses(amina, "bail", account_id=number, min_id=second["id"]) == [third["id"]]
    assert await statuses(amina, "bail", following="true") == []
    await live.follow(actor(amina), "bilal@kenya.example")
    assert own["id"] not in await statuses(amina, "bail", following="true")
    assert len(await statuses(amina, "bail", following="true")) == 3


async def test_results_are_paged_by_position(amina: Program) -> None:
    ids = [(await posted(amina, f"bail {number}"))["id"] for number in range(5)][::-1]
    assert await statuses(amina, "bail", limit=2) == ids[:2]
    assert await statuses(amina, "bail", limit=2, offset=2) == ids[2:4]
    assert await statuses(amina, "bail", limit=2, offset=4) == ids[4:]
    assert await statuses(amina, "bail", limit=2, offset=100_000) == []


# Who may ask what.


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=x&limit=-1", "q=x&offset=-1", "q=x&limit=many"])
async def test_what_makes_no_search_is_refused(amina: Program, query: str) -> None:
    answer = await amina.get(f"{SEARCH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_guests_search_people_and_hashtags_alone(live: LiveNode, amina: Program) -> None:
    await posted(amina, "Bail is heard. #bail")
    guest = anybody(live)
    found = await search(guest, "bail")
    assert (found["statuses"], [each["name"] for each in found["hashtags"]]) == ([], ["bail"])
    assert [each["acct"] for each in (await search(guest, "amina"))["accounts"]] == ["amina"]
    for more in ("resolve=true", "offset=1"):
        answer = await guest.get(f"{SEARCH}?q=bail&{more}")
        assert answer.status_code == 401
        assert answer.json()["error"]
    wrong = await program(live, "wrong", scopes=("read:statuses",))
    assert (await wrong.get(f"{SEARCH}?q=bail")).json()["statuses"] == []
    assert (await wrong.get(f"{SEARCH}?q=bail&resolve=true")).status_code == 403


async def test_a_guest_finds_what_is_here_by_its_address(live: LiveNode, amina: Program) -> None:
    post = await posted(amina, "Hello.")
    assert await statuses(anybody(live), post["url"]) == [post["id"]]


async def test_nobody_finds_what_is_private(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    private = await posted(amina, "secretword one", visibility="private")
    direct = await posted(amina, "secretword two", visibility="direct")
    unlisted = await posted(amina, "secretword three", visibility="unlisted")
    assert set(await statuses(amina, "secretword")) == {each["id"] for each in (private, direct, unlisted)}
    assert await statuses(bilal, "secretword") == []
    for status in (private, direct):
        for address in (status["url"], status["uri"], f"{live.base}/@amina/{status['id']}"):
            for who, more in ((bilal, {"resolve": "true"}), (bilal, {}), (anybody(live), {})):
                assert await statuses(who, address, **more) == []
    assert await statuses(bilal, unlisted["url"]) == [unlisted["id"]]


async def test_who_wants_not_to_be_found_is_found_by_nobody(live: LiveNode, amina: Program) -> None:
    await live.publish(await live.person("quiet", indexable=False), "quietword")
    assert await statuses(amina, "quietword") == []


async def test_who_blocks_is_not_found_by_the_blocked(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    post = await posted(amina, "bail")
    await done(amina, "POST", f"/api/v1/accounts/{actor(bilal).id}/block")
    assert await statuses(bilal, "bail") == []
    assert await statuses(bilal, post["url"], resolve="true") == []


# Addresses and handles of this node: nobody is asked.


async def test_what_is_here_is_found_by_any_of_its_addresses(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    post = await posted(amina, "Hello.")
    practice = await live.publish(
        live.office, "A.", kind="practice", title="A practice", summary="It is.", jurisdiction=["KE"]
    )
    for address in (post["url"], post["uri"], f"{live.base}/@amina/{post['id']}", f"{post['url']}/"):
        assert await statuses(amina, address, resolve="true") == [post["id"]], address
    for address in (practice.uri, practice.url):
        assert await statuses(amina, str(address), resolve="true") == [str(practice.id)], address
    own = actor(amina).uri
    for text in (
        own,
        f"{live.base}/@amina",
        "@amina@kenya.example",
        "AMINA@KENYA.EXAMPLE",
        "acct:amina@kenya.example",
    ):
        found = await search(amina, text, resolve="true")
        assert [each["acct"] for each in found["accounts"]] == ["amina"], text
    for text in (
        f"{live.base}/@nobody",
        f"{live.base}/@amina/7",
        f"{live.base}/x/y/z",
        "nobody@kenya.example",
    ):
        found = await search(amina, text, resolve="true")
        assert (found["accounts"], found["statuses"]) == ([], []), text
    assert fediverse.hops == []


async def test_the_page_of_a_known_account_elsewhere_is_found_here(
    fediverse: Fediverse, live: LiveNode, amina: Program, writer: Persona
) -> None:
    await live.resolve("writer@social.example")
    asked = len(fediverse.hops)
    found = await search(amina, f"{live.base}/@writer@social.example", resolve="true")
    assert [each["acct"] for each in found["accounts"]] == ["writer@social.example"]
    assert await search(amina, writer.uri) == {**found}
    assert len(fediverse.hops) == asked


# Addresses and handles of others.


@pytest.mark.parametrize(
    "text", ["@writer@social.example", "writer@social.example", "acct:writer@SOCIAL.example"]
)
@pytest.mark.usefixtures("writer")
async def test_a_handle_is_resolved(amina: Program, text: str) -> None:
    assert (await search(amina, text))["accounts"] == []
    found = await search(amina, text, resolve="true")
    assert [each["acct"] for each in found["accounts"]] == ["writer@social.example"]
    assert found["statuses"] == []
    assert (await search(amina, text, resolve="true", type="statuses"))["accounts"] == []
    assert (await search(amina, text))["accounts"] == found["accounts"]


async def test_an_address_is_resolved_to_its_post(
    fediverse: Fediverse, amina: Program, social: Remote, writer: Persona
) -> None:
    document = social.lay_note(note(writer.uri, url="https://social.example/@writer/1"))
    # The page answers programs with the object.
    social.lay("https://social.example/@writer/1", social_answer(document))
    by_page = await search(amina, "https://social.example/@writer/1", resolve="true")
    assert [each["uri"] for each in by_page["statuses"]] == [document["id"]]
    assert by_page["statuses"][0]["account"]["acct"] == "writer@social.example"
    asked = len(fediverse.hops)
    by_id = await search(amina, document["id"], resolve="true")
    assert by_id["statuses"] == by_page["statuses"]
    assert len(fediverse.hops) == asked
    assert await statuses(amina, document["id"]) == [by_id["statuses"][0]["id"]]
    assert (await search(amina, document["id"], resolve="true", type="accounts"))["statuses"] == []


def social_answer(document: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://www.w3.org/ns/activitystreams", **document}


async def test_an_address_is_resolved_to_its_account(amina: Program, social: Remote, writer: Persona) -> None:
    social.lay("https://social.example/@writer", writer.document)
    for address in ("https://social.example/@writer", writer.uri):
        found = await search(amina, address, resolve="true")
        assert [each["acct"] for each in found["accounts"]] == ["writer@social.example"]


async def test_what_one_may_not_read_is_not_resolved(amina: Program, social: Remote, writer: Persona) -> None:
    document = social.lay_note(note(writer.uri, to=[f"{writer.uri}/followers"], cc=[]))
    assert await statuses(amina, document["id"], resolve="true") == []


async def test_a_post_that_was_deleted_does_not_come_back(
    live: LiveNode, amina: Program, social: Remote, writer: Persona
) -> None:
    document = social.lay_note(note(writer.uri))
    await live.take_in(
        writer,
        {
            "id": f"{writer.uri}#delete",
            "type": "Delete",
            "actor": writer.uri,
            "object": document["id"],
        },
    )
    assert await statuses(amina, document["id"], resolve="true") == []


async def test_whatever_another_node_does_the_answer_is_empty(
    fediverse: Fediverse, amina: Program, social: Remote, writer: Persona
) -> None:
    answers: list[Any] = [
        httpx.Response(500),
        httpx.Response(404),
        httpx.Response(200, content=b"<html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b"{", headers={"content-type": "application/activity+json"}),
        httpx.Response(200, content=b"[]", headers={"content-type": "application/activity+json"}),
        httpx.Response(302, headers={"location": "https://kenya.example/o/1"}),
        httpx.Response(302, headers={"location": "http://127.0.0.1/"}),
        httpx.ConnectError("down"),
        httpx.ReadTimeout("slow"),
        social_answer({"id": "https://social.example/x"}),
        social_answer({"id": "https://social.example/x", "type": "Collection"}),
        social_answer(note("https://else.example/users/other") | {"id": "https://social.example/x"}),
        social_answer(note(writer.uri) | {"id": "https://else.example/notes/1"}),
        social_answer({"id": "https://kenya.example/o/1", "type": "Note"}),
    ]
    for number, answer in enumerate(answers):
        social.lay(f"/answers/{number}", answer)
        found = await search(amina, f"https://social.example/answers/{number}", resolve="true")
        assert not any(found.values()), number
    social.lay("/x", answers[9])
    for text in ("nobody@social.example", "nobody@no.such.example", "https://no.such.example/1"):
        assert not any((await search(amina, text, resolve="true")).values())
    fediverse.down.add("social.example")
    assert not any((await search(amina, "writer@social.example", resolve="true")).values())


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1:8443/admin",
        "https://localhost/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://user:secret@social.example/x",
        "https://kenya.example@127.0.0.1/x",
        "https://",
        "https://./",
        "https://a..b/",
        "https://social.example:99999/",
        "https://social.example\\@127.0.0.1/",
        "https://ex%61mple/",
        "https://" + "a" * 300 + "/",
        "https://social.example/" + "a" * 5000,
        "x@127.0.0.1",
        "x@localhost",
        "x@[::1]",
        "x@" + "a" * 300,
        "@@",
        "a@b@c",
    ],
)
async def test_addresses_that_must_never_be_asked_find_nothing(
    fediverse: Fediverse, amina: Program, address: str
) -> None:
    assert not any((await search(amina, address, resolve="true")).values())
    assert fediverse.hops == []


async def test_blocked_hosts_are_not_asked(
    fediverse: Fediverse, live: LiveNode, amina: Program, writer: Persona
) -> None:
    await live.set_policy("social.example", Policy.BLOCKED)
    for text in ("writer@social.example", writer.uri):
        assert not any((await search(amina, text, resolve="true")).values())
    assert fediverse.hops == []


async def test_a_share_counts_with_what_it_shares(live: LiveNode, amina: Program) -> None:
    post = await live.publish(live.office, "bail")
    async with live.database.begin() as tx:
        await reacting.share(tx, actor(amina), post)
    assert await statuses(amina, "bail") == [str(post.id)]
