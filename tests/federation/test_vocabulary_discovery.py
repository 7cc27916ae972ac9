"""WebFinger and NodeInfo documents, in all their shapes."""

from typing import Any

import pytest
from hypothesis import given

from federation import vocabulary as as2
from federation.errors import Malformed
from tests.federation.any_json import JSON, refusal

AS2 = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"


def jrd(*links: Any) -> as2.Jrd:
    return as2.read_jrd({"subject": "acct:a@example.org", "links": list(links)})


def test_a_webfinger_answer_is_read() -> None:
    document = {
        "subject": "acct:a@example.org",
        "aliases": ["https://example.org/@a", 7, "https://example.org/@a"],
        "links": [
            {"rel": "self", "type": AS2, "href": "https://example.org/users/a"},
            {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://example.org/i?uri={uri}"},
        ],
    }
    value = as2.read(document)
    assert value == as2.Jrd(
        "acct:a@example.org",
        ("https://example.org/@a",),
        (
            as2.JrdLink("self", AS2, "https://example.org/users/a"),
            as2.JrdLink(
                "http://ostatus.org/schema/1.0/subscribe", template="https://example.org/i?uri={uri}"
            ),
        ),
    )


def test_links_are_found_by_relation_and_type() -> None:
    page = {"rel": "self", "type": "text/html; charset=utf-8", "href": "https://example.org/1"}
    value = jrd(page, {"rel": "avatar", "href": "https://example.org/2"})
    assert [link.href for link in value.find("self")] == ["https://example.org/1"]
    assert [link.href for link in value.find("self", "text/html")] == ["https://example.org/1"]
    assert value.find("self", AS2) == ()
    assert value.find("nothing") == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AS2, "https://example.org/users/a"),
        (AS2.upper() + "; charset=utf-8", "https://example.org/users/a"),
        (LD, "https://example.org/users/a"),
        ("application/ld+json", None),
        ("application/json", None),
        ("text/html", None),
        (None, None),
    ],
)
def test_the_actor_is_the_self_link_of_an_activitystreams_type(
    kind: str | None, expected: str | None
) -> None:
    assert jrd({"rel": "self", "type": kind, "href": "https://example.org/users/a"}).actor == expected


def test_odd_links_are_left_out_and_many_are_cut() -> None:
    assert jrd(7, None, [], {}, {"rel": 7}, {"href": "https://example.org"}).links == ()
    assert as2.read_jrd({"subject": "acct:a@example.org", "links": "x"}).links == ()
    assert len(jrd(*[{"rel": "x"}] * 10_000).links) == 100
    for subject in (None, 7, "", []):
        with pytest.raises(Malformed, match=r"^subject: expected text$"):
            as2.read_jrd({"subject": subject, "links": []})


def test_the_newest_nodeinfo_that_is_understood_is_chosen() -> None:
    document = {
        "links": [
            {"rel": f"{SCHEMA}/1.0", "href": "https://example.org/1.0"},
            {"rel": f"{SCHEMA}/2.1", "href": "https://example.org/2.1"},
            {"rel": f"{SCHEMA}/2.0", "href": "https://example.org/2.0"},
            {"rel": f"{SCHEMA}/9.0", "href": "https://example.org/9.0"},
            {"rel": f"{SCHEMA}/2.2", "template": "x"},
            {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://example.org/actor"},
        ],
    }
    value = as2.read(document)
    assert isinstance(value, as2.NodeInfoLinks)
    assert value.newest == "https://example.org/2.1"
    assert value.application == "https://example.org/actor"
    assert as2.NodeInfoLinks(()).newest is None
    assert as2.NodeInfoLinks(()).application is None


def test_nodeinfo_is_read_in_every_version() -> None:
    document = {
        "version": "2.1",
        "software": {"name": "Example", "version": "1.0"},
        "protocols": ["activitypub", 7],
        "openRegistrations": True,
        "usage": {"users": {"total": 3, "activeMonth": "2"}, "localPosts": -5},
        "metadata": {"nodeName": "A node", "nodeDescription": "About legal aid"},
    }
    assert as2.read(document) == as2.NodeInfo(
        "2.1",
        "example",
        "1.0",
        ("activitypub",),
        open_registrations=True,
        users=3,
        active_month=2,
        local_posts=0,
        name="A node",
        description="About legal aid",
    )
    first = {
        "version": "1.0",
        "software": {"name": "x"},
        "protocols": {"inbound": ["a"], "outbound": ["a", "b"]},
    }
    assert as2.read(first) == as2.NodeInfo("1.0", "x", protocols=("a", "b"))
    newest = {"version": "2.2", "software": {"name": "x"}, "instance": {"name": "n", "description": "d"}}
    assert as2.read(newest) == as2.NodeInfo("2.2", "x", name="n", description="d")


def test_unknown_shapes_of_nodeinfo_are_tolerated() -> None:
    odd = {"version": 2, "software": {"name": "x", "version": 7}, "usage": [], "metadata": [], "protocols": 7}
    assert as2.read_nodeinfo(odd) == as2.NodeInfo("", "x")
    for software in (None, 7, {}, {"name": 7}, []):
        with pytest.raises(Malformed, match=r"^software\.name: expected text$"):
            as2.read_nodeinfo({"version": "2.0", "software": software})
    with pytest.raises(Malformed, match=r"^links: "):
        as2.read_nodeinfo_links({"links": 7})


@given(JSON, JSON, JSON)
def test_any_discovery_document_is_read_or_refused(first: Any, second: Any, third: Any) -> None:
    assert (
        refusal(
            as2.read_jrd, {"subject": "x", "aliases": first, "links": [second, {"rel": "x", "href": third}]}
        )
        != ""
    )
    assert (
        refusal(
            as2.read_nodeinfo,
            {"software": {"name": "x"}, "usage": first, "metadata": second, "protocols": third},
        )
        != ""
    )
    assert refusal(as2.read_nodeinfo_links, {"links": first}) != ""
