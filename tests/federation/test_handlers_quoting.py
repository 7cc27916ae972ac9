"""Quotes by other software: requests, answers, stamps and their end (FEP-044f)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.consenting import revoke
from actors.quote_policies import policy_of
from storage.publications import Publication
from storage.quotes import Quote
from tests.fediverse import Fediverse, LiveNode, Persona

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def kenya(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
def quoter(fediverse: Fediverse) -> Persona:
    return fediverse.remote("social.example").person("quoter")


@pytest.fixture
def author(fediverse: Fediverse) -> Persona:
    return fediverse.remote("else.example").person("author")


def note(persona: Persona, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{persona.uri}/notes/{number}",
        "type": "Note",
        "attributedTo": persona.uri,
        "to": [PUBLIC],
        "cc": ["https://kenya.example/actors/office"],
        "published": "2026-08-23T09:00:00Z",
        "content": "<p>Look</p>",
        **more,
    }


def saying(verb: str, persona: Persona, subject: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{persona.uri}/activities/{number}",
        "type": verb,
        "actor": persona.uri,
        "object": subject,
        **more,
    }


def asking(persona: Persona, publication: Publication, instrument: Any) -> dict[str, Any]:
    return saying("QuoteRequest", persona, publication.uri, 7, instrument=instrument)


def stamp(author: Persona, quoted: str, quoting: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{author.uri}/stamps/1",
        "type": "QuoteAuthorization",
        "attributedTo": author.uri,
        "interactingObject": quoting,
        "interactionTarget": quoted,
        **more,
    }


async def quote_of(live: LiveNode, uri: str) -> Quote:
    async with live.database.read() as tx:
        publication = await tx.publications.by_uri(uri)
        assert publication is not None
        found = await tx.quotes.find(publication.id)
    assert found is not None
    return found


def answers(persona: Persona) -> list[dict[str, Any]]:
    return [each for each in persona.remote.received if each["type"] in {"Accept", "Reject"}]


@pytest.mark.parametrize("is_embedded", [True, False])
async def test_a_request_is_answered_with_a_stamp_that_can_be_looked_up(
    kenya: LiveNode, quoter: Persona, *, is_embedded: bool
) -> None:
    ours = await kenya.publish(kenya.office, "Original")
    quote = note(quoter, quote=ours.uri)
    if not is_embedded:
        quoter.remote.lay_note(quote)
    await kenya.take_in(quoter, asking(quoter, ours, quote if is_embedded else quote["id"]))
    (accept,) = answers(quoter)
    assert accept["type"] == "Accept"
    assert accept["object"] == {
        "type": "QuoteRequest",
        "id": f"{quoter.uri}/activities/7",
        "actor": quoter.uri,
        "object": ours.uri,
        "instrument": quote["id"],
    }
    kept = await quote_of(kenya, quote["id"])
    assert (kept.state, kept.quoted_id, kept.approval) == ("accepted", ours.id, accept["result"])
    answer = await kenya.ask(
        "GET",
        accept["result"].removeprefix(kenya.base),
        [("host", "kenya.example"), ("accept", "application/activity+json")],
    )
    assert {name: value for name, value in answer.document.items() if name != "@context"} == {
        "id": accept["result"],
        "type": "QuoteAuthorization",
        "attributedTo": kenya.office.uri,
        "interactingObject": quote["id"],
        "interactionTarget": ours.uri,
    }


async def test_a_request_against_the_policy_is_rejected(kenya: LiveNode, quoter: Persona) -> None:
    ours = await kenya.publish(kenya.office, "Original", quote_policy="followers")
    quote = note(quoter, quote=ours.uri)
    await kenya.take_in(quoter, asking(quoter, ours, quote))
    assert [each["type"] for each in answers(quoter)] == ["Reject"]
    assert (await quote_of(kenya, quote["id"])).state == "rejected"


async def test_what_does_not_quote_what_it_asks_for_is_rejected(kenya: LiveNode, quoter: Persona) -> None:
    ours, other = await kenya.publish(kenya.office, "One"), await kenya.publish(kenya.office, "Two")
    await kenya.take_in(quoter, asking(quoter, ours, note(quoter, quote=other.uri)))
    assert [each["type"] for each in answers(quoter)] == ["Reject"]


async def test_nobody_asks_with_the_work_of_others(kenya: LiveNode, quoter: Persona, author: Persona) -> None:
    ours = await kenya.publish(kenya.office, "Original")
    for quote in (
        note(author, quote=ours.uri),
        note(quoter, quote=ours.uri, attributedTo=f"{quoter.remote.base}/users/other"),
    ):
        await kenya.take_in(
            quoter, asking(quoter, ours, quote) | {"id": f"{quoter.uri}/x/{quote['id'][-3:]}"}
        )
        assert (await kenya.outcomes())[-1] == ("QuoteRequest", "refused")
    assert answers(quoter) == []


async def test_what_the_asker_may_not_read_is_not_there(kenya: LiveNode, quoter: Persona) -> None:
    ours = await kenya.publish(kenya.office, "Original", visibility="private")
    await kenya.take_in(quoter, asking(quoter, ours, note(quoter, quote=ours.uri)))
    assert await kenya.outcomes() == [("QuoteRequest", "refused")]
    assert answers(quoter) == []


async def test_once_revoked_a_quote_stays_so(kenya: LiveNode, quoter: Persona) -> None:
    ours = await kenya.publish(kenya.office, "Original")
    quote = note(quoter, quote=ours.uri)
    await kenya.take_in(quoter, asking(quoter, ours, quote))
    theirs = await kenya.publication(quote["id"])
    assert theirs is not None
    async with kenya.database.begin() as tx:
        await revoke(tx, kenya.office, ours, theirs)
    await kenya.fediverse.settle()
    (delete,) = [each for each in quoter.remote.received if each["type"] == "Delete"]
    (accept,) = answers(quoter)
    assert delete["object"] == {
        "id": accept["result"],
        "type": "QuoteAuthorization",
        "attributedTo": kenya.office.uri,
        "interactingObject": quote["id"],
        "interactionTarget": ours.uri,
    }
    answer = await kenya.ask(
        "GET", accept["result"].removeprefix(kenya.base), [("host", "kenya.example"), ("accept", "*/*")]
    )
    assert answer.status == 404
    await kenya.take_in(quoter, asking(quoter, ours, quote) | {"id": f"{quoter.uri}/activities/8"})
    assert [each["type"] for each in answers(quoter)] == ["Accept", "Reject"]
    assert (await quote_of(kenya, quote["id"])).state == "revoked"


@pytest.mark.parametrize("name", ["quoteUrl", "quoteUri", "_misskey_quote"])
@pytest.mark.parametrize(("policy", "state"), [("public", "accepted"), ("nobody", "pending")])
async def test_software_that_asks_nobody_may_quote_what_everybody_may(
    kenya: LiveNode, quoter: Persona, name: str, policy: str, state: str
) -> None:
    ours = await kenya.publish(kenya.office, "Original", quote_policy=policy)
    quote = note(quoter, **{name: ours.uri})
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    kept = await quote_of(kenya, quote["id"])
    assert (kept.state, kept.is_shown) == (state, state == "accepted")


async def test_a_quote_of_ours_is_kept_whoever_follows_its_author(kenya: LiveNode, quoter: Persona) -> None:
    ours = await kenya.publish(kenya.office, "Original")
    quote = note(quoter, quote=ours.uri, cc=[])
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    assert (await quote_of(kenya, quote["id"])).state == "pending"


async def quoted_elsewhere(
    kenya: LiveNode, quoter: Persona, author: Persona, **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let somebody quote what somebody else wrote, with a stamp, of which nothing is known here yet."""
    original = author.remote.lay_note(note(author))
    quote = note(quoter, quote=original["id"], quoteAuthorization=f"{author.uri}/stamps/1")
    author.remote.lay_note(stamp(author, original["id"], quote["id"], **more))
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    return original, quote


async def test_a_stamp_elsewhere_is_looked_up(kenya: LiveNode, quoter: Persona, author: Persona) -> None:
    original, quote = await quoted_elsewhere(kenya, quoter, author)
    kept = await quote_of(kenya, quote["id"])
    fetched = await kenya.publication(original["id"])
    assert fetched is not None
    assert (kept.state, kept.quoted_id) == ("accepted", fetched.id)


@pytest.mark.parametrize(
    "more",
    [
        {"interactingObject": "https://social.example/users/quoter/notes/2"},
        {"interactionTarget": "https://else.example/users/author/notes/2"},
        {"attributedTo": "https://else.example/users/other"},
        {"type": "LikeAuthorization"},
    ],
)
async def test_a_stamp_for_something_else_is_none(
    kenya: LiveNode, quoter: Persona, author: Persona, more: dict[str, Any]
) -> None:
    _, quote = await quoted_elsewhere(kenya, quoter, author, **more)
    assert (await quote_of(kenya, quote["id"])).state == "rejected"


async def test_a_stamp_of_ones_own_for_the_work_of_others_is_none(
    kenya: LiveNode, quoter: Persona, author: Persona
) -> None:
    original = author.remote.lay_note(note(author))
    quote = note(quoter, quote=original["id"], quoteAuthorization=f"{quoter.uri}/stamps/1")
    quoter.remote.lay_note(stamp(quoter, original["id"], quote["id"]))
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    assert (await quote_of(kenya, quote["id"])).state == "rejected"


async def test_quoting_oneself_needs_no_stamp(kenya: LiveNode, quoter: Persona) -> None:
    original = quoter.remote.lay_note(note(quoter))
    quote = note(quoter, 2, quote=original["id"])
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    assert (await quote_of(kenya, quote["id"])).state == "accepted"


async def test_a_stamp_that_cannot_be_had_is_looked_for_again(
    fediverse: Fediverse, kenya: LiveNode, quoter: Persona, author: Persona
) -> None:
    fediverse.down.add("else.example")
    _, quote = await quoted_elsewhere(kenya, quoter, author)
    assert (await quote_of(kenya, quote["id"])).state == "pending"
    fediverse.down.clear()
    fediverse.wait(minutes=10)
    await fediverse.settle()
    assert (await quote_of(kenya, quote["id"])).state == "accepted"


async def test_a_stamp_that_is_gone_is_noticed_within_days(
    fediverse: Fediverse, kenya: LiveNode, quoter: Persona, author: Persona
) -> None:
    _, quote = await quoted_elsewhere(kenya, quoter, author)
    author.remote.lay(f"{author.uri}/stamps/1", httpx.Response(404))
    fediverse.wait(days=6)
    await fediverse.settle()
    assert (await quote_of(kenya, quote["id"])).state == "accepted"
    fediverse.wait(days=2)
    await fediverse.settle()
    assert (await quote_of(kenya, quote["id"])).state == "revoked"


async def test_a_stamp_may_come_later(kenya: LiveNode, quoter: Persona, author: Persona) -> None:
    original = author.remote.lay_note(note(author))
    quote = note(quoter, quote=original["id"])
    await kenya.take_in(quoter, saying("Create", quoter, quote))
    assert (await quote_of(kenya, quote["id"])).state == "pending"
    author.remote.lay_note(stamp(author, original["id"], quote["id"]))
    stamped = {**quote, "quoteAuthorization": f"{author.uri}/stamps/1"}
    await kenya.take_in(quoter, saying("Update", quoter, stamped, 2))
    assert (await quote_of(kenya, quote["id"])).state == "accepted"
    kept = await kenya.publication(quote["id"])
    assert kept is not None
    assert kept.updated_at is None


async def test_its_author_takes_a_stamp_back_and_nobody_else(
    kenya: LiveNode, quoter: Persona, author: Persona
) -> None:
    _, quote = await quoted_elsewhere(kenya, quoter, author)
    taken = f"{author.uri}/stamps/1"
    await kenya.take_in(quoter, saying("Delete", quoter, taken, 5))
    other = author.remote.person("other", key=1)
    await kenya.take_in(other, saying("Delete", other, taken, 5))
    assert (await quote_of(kenya, quote["id"])).state == "accepted"
    await kenya.take_in(author, saying("Delete", author, {"id": taken, "type": "QuoteAuthorization"}, 5))
    assert (await quote_of(kenya, quote["id"])).state == "revoked"


async def test_what_is_deleted_is_quoted_no_more(kenya: LiveNode, quoter: Persona, author: Persona) -> None:
    original, quote = await quoted_elsewhere(kenya, quoter, author)
    await kenya.take_in(author, saying("Delete", author, original["id"], 5))
    assert (await quote_of(kenya, quote["id"])).state == "deleted"


async def asked_from_here(kenya: LiveNode, author: Persona) -> tuple[Publication, dict[str, Any]]:
    """Quote from here what asks to be asked; returns the quote, and the request as it arrived."""
    original = note(author, interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}})
    await kenya.take_in(author, saying("Create", author, original))
    quote = await kenya.publish(kenya.office, "Look", quote=original["id"])
    await kenya.fediverse.settle()
    (request,) = [each for each in author.remote.received if each["type"] == "QuoteRequest"]
    return quote, request


async def test_a_request_from_here_brings_what_quotes(kenya: LiveNode, author: Persona) -> None:
    quote, request = await asked_from_here(kenya, author)
    assert request["object"] == f"{author.uri}/notes/1"
    assert request["instrument"]["id"] == quote.uri
    assert request["instrument"]["quote"] == f"{author.uri}/notes/1"
    assert "@context" not in request["instrument"]
    assert request["to"] == [author.uri]
    terms = request["@context"][1]
    assert {"QuoteRequest", "quote", "interactionPolicy"} <= terms.keys()


@pytest.mark.parametrize("is_embedded", [True, False])
async def test_an_accept_brings_the_stamp(kenya: LiveNode, author: Persona, *, is_embedded: bool) -> None:
    quote, request = await asked_from_here(kenya, author)
    meant = {**request, "instrument": quote.uri} if is_embedded else request["id"]
    await kenya.take_in(author, saying("Accept", author, meant, 9, result=f"{author.uri}/stamps/1"))
    kept = await quote_of(kenya, quote.uri)
    assert (kept.state, kept.approval) == ("accepted", f"{author.uri}/stamps/1")


async def test_only_who_is_quoted_can_accept_and_with_a_stamp_of_their_own(
    kenya: LiveNode, quoter: Persona, author: Persona
) -> None:
    quote, request = await asked_from_here(kenya, author)
    for persona, result in (
        (quoter, f"{quoter.uri}/stamps/1"),
        (author, f"{quoter.uri}/stamps/1"),
        (author, None),
    ):
        await kenya.take_in(persona, saying("Accept", persona, request["id"], 9, result=result))
        assert (await kenya.outcomes())[-1] == ("Accept", "refused")
    assert (await quote_of(kenya, quote.uri)).state == "pending"


async def test_a_reject_ends_it(kenya: LiveNode, author: Persona) -> None:
    quote, request = await asked_from_here(kenya, author)
    await kenya.take_in(author, saying("Reject", author, request["id"], 9))
    assert (await quote_of(kenya, quote.uri)).state == "rejected"


@pytest.mark.parametrize(
    ("policy", "automatic", "manual"),
    [
        ({"automaticApproval": [PUBLIC]}, ("public",), ()),
        ({"automaticApproval": "as:Public"}, ("public",), ()),
        ({"manualApproval": ["{actor}/followers"]}, (), ("followers",)),
        ({"automaticApproval": ["{actor}"]}, (), ()),
        ({"automaticApproval": ["https://a.example/b"]}, ("unsupported_policy",), ()),
        ({"always": [PUBLIC]}, ("public",), ()),
        (None, (), ()),
    ],
)
async def test_who_may_quote_is_read_as_others_write_it(
    kenya: LiveNode, author: Persona, policy: Any, automatic: tuple[str, ...], manual: tuple[str, ...]
) -> None:
    if policy is not None:
        policy = {
            name: [each.replace("{actor}", author.uri) for each in value]
            if isinstance(value, list)
            else value
            for name, value in policy.items()
        }
        document = note(author, interactionPolicy={"canQuote": policy})
    else:
        document = note(author)
    await kenya.take_in(author, saying("Create", author, document))
    kept = await kenya.publication(document["id"])
    assert kept is not None
    found = policy_of(kept)
    assert (found.automatic, found.manual) == (automatic, manual)
