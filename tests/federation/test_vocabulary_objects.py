"""Publications of every server read, whatever shape their fields have."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation import vocabulary as as2
from federation.errors import Malformed

ME = "https://example.org/users/a"
ID = "https://example.org/notes/1"


def note(**more: Any) -> as2.Object:
    value = as2.read({"type": "Note", "id": ID, "attributedTo": ME, "content": "<p>Hello</p>", **more})
    assert isinstance(value, as2.Object)
    return value


def test_a_note_is_read() -> None:
    value = note(to=["as:Public"], cc=f"{ME}/followers", published="2026-03-02T09:00:00Z", sensitive=True)
    assert value == as2.Object(
        id=ID,
        type="Note",
        authors=(ME,),
        to=(as2.PUBLIC,),
        cc=(f"{ME}/followers",),
        content="<p>Hello</p>",
        published=datetime(2026, 3, 2, 9, tzinfo=UTC),
        sensitive=True,
    )
    assert value.attributed_to == ME


@pytest.mark.parametrize(
    "kind",
    [
        "Note",
        "Article",
        "Page",
        "Event",
        "Question",
        "Video",
        "Audio",
        "Image",
        "Document",
        "Profile",
        "Tombstone",
    ],
)
def test_every_kind_of_publication_is_an_object(kind: str) -> None:
    assert note(type=kind).type == kind


def test_a_publication_needs_an_id() -> None:
    for wrong in (None, "", 7, {}, "a b"):
        with pytest.raises(Malformed, match=r"^id: expected an identifier$"):
            note(id=wrong)


@pytest.mark.parametrize("field", ["content", "name", "summary"])
def test_texts_that_are_none_are_refused_by_name(field: str) -> None:
    with pytest.raises(Malformed, match=rf"^{field}: expected text$"):
        note(**{field: 7})
    with pytest.raises(Malformed, match=rf"^{field}: expected text$"):
        note(**{field: {"type": "Image"}})


@pytest.mark.parametrize(
    "wrong", [7, 0, True, {"type": "Person"}, {"id": 7}, [7], [ME, 7], [ME, None], "", "a b"]
)
def test_an_author_that_is_no_identifier_is_refused(wrong: Any) -> None:
    with pytest.raises(Malformed, match=r"^attributedTo: expected an identifier$"):
        note(attributedTo=wrong)


def test_authors_come_alone_or_as_accounts_with_channels() -> None:
    channel = {"type": "Group", "id": "https://example.org/channels/c"}
    account = {"type": "Person", "id": ME}
    assert note(attributedTo=None).attributed_to is None
    assert note(attributedTo={"id": ME}).attributed_to == ME
    assert note(attributedTo=[ME]).authors == (ME,)
    assert note(attributedTo=[channel, account]).authors == (ME, "https://example.org/channels/c")
    assert note(attributedTo=[account, channel]).attributed_to == ME
    assert note(attributedTo=["https://evil.test/u", ME]).attributed_to == "https://evil.test/u"


def test_translations_are_read_and_the_original_language_is_the_first() -> None:
    value = note(content=None, contentMap={"ne": "<p>नमस्ते</p>", "en": "<p>Hello</p>"}, nameMap={"en": "Hi"})
    assert value.content == "<p>नमस्ते</p>"
    assert value.name == "Hi"
    assert value.language == "ne"
    assert note(nameMap={"fr": "x"}, summaryMap={"en": "x"}).language == "fr"
    assert note(summaryMap={"en": "x"}).language == "en"
    assert note(inLanguage="sw").language == "sw"
    assert note(inLanguage="sw", contentMap={"en": "x"}).language == "en"
    assert note(language={"identifier": "fr", "name": "Français"}).language == "fr"
    assert note().language is None


@pytest.mark.parametrize(
    ("value", "url", "links"),
    [
        ("https://example.org/@a/1", "https://example.org/@a/1", 0),
        ("javascript:alert(1)", None, 0),
        (None, None, 0),
        (7, None, 0),
        ({"type": "Link", "href": "https://example.org/@a/1"}, "https://example.org/@a/1", 1),
        (["https://example.org/@a/1", "https://example.org/other"], "https://example.org/@a/1", 0),
        (
            [
                {"type": "Link", "mediaType": "video/mp4", "href": "https://example.org/1.mp4"},
                {"type": "Link", "mimeType": "text/html", "href": "https://example.org/w/1"},
                {"type": "Link", "mediaType": "application/x-bittorrent", "href": "magnet:?xt=x"},
                {"type": "Link", "mediaType": "text/html", "href": "data:text/html,x"},
                7,
                None,
            ],
            "https://example.org/w/1",
            2,
        ),
    ],
)
def test_the_page_for_people_is_found_among_the_addresses(value: Any, url: str | None, links: int) -> None:
    found = note(url=value)
    assert found.url == url
    assert len(found.links) == links


def test_tags_are_read_by_kind() -> None:
    value = note(
        tag=[
            {"type": "Hashtag", "name": "#LegalAid", "href": "https://example.org/tags/legalaid"},
            {"type": "Hashtag", "name": "feels"},
            {"type": "Mention", "href": "https://b.test/u", "name": "@u@b.test"},
            {"type": "toot:Emoji", "name": ":x:", "icon": {"type": "Image", "url": "https://b.test/x.png"}},
            {"type": "Link", "href": "https://b.test/1", "rel": "https://misskey-hub.net/ns#_misskey_quote"},
            {"type": "Edition", "href": "https://b.test/book", "name": "Piranesi"},
        ],
    )
    assert value.tags == (
        as2.Hashtag("LegalAid", "https://example.org/tags/legalaid"),
        as2.Hashtag("feels"),
        as2.Mention("https://b.test/u", "@u@b.test"),
        as2.Emoji("x", "https://b.test/x.png"),
        as2.OtherTag("Link", "https://b.test/1", rel=("https://misskey-hub.net/ns#_misskey_quote",)),
        as2.OtherTag("Edition", "https://b.test/book", "Piranesi"),
    )


def test_odd_tags_are_left_out_and_many_are_cut() -> None:
    odd = [
        7,
        None,
        "x",
        [],
        {},
        {"type": 7},
        {"type": "Hashtag"},
        {"type": "Hashtag", "name": "#"},
        {"type": "Mention"},
    ]
    odd += [{"type": "Emoji", "name": ":x:"}, {"type": "Hashtag", "name": 7}]
    assert note(tag=odd).tags == ()
    assert note(tag={"type": "Hashtag", "name": "#one"}).tags == (as2.Hashtag("one"),)
    assert len(note(tag=[{"type": "Hashtag", "name": f"#t{n}"} for n in range(5_000)]).tags) == 100
    assert note(tag={"type": "Hashtag", "name": "#" + "x" * 5_000}).tags == (as2.Hashtag("x" * 2_047),)


def test_attachments_are_read_with_their_description() -> None:
    url = "https://example.org/1.png"
    full = {
        "type": "Document",
        "mediaType": "image/png",
        "url": url,
        "name": "A courtroom",
        "width": 800,
        "height": "400",
        "blurhash": "UBL",
        "focalPoint": [0, -0.5],
    }
    assert note(attachment=[full]).attachments == (
        as2.Media(url, "Document", "image/png", "A courtroom", 800, 400, "UBL", (0.0, -0.5)),
    )
    assert note(attachment=full).attachments == note(attachment=[full]).attachments
    assert note(attachment={"type": "Link", "href": url}).attachments == (as2.Media(url, "Link"),)
    assert note(attachment=url).attachments == (as2.Media(url),)
    linked = {"type": "Image", "url": [{"type": "Link", "mediaType": "image/png", "href": url, "width": 9}]}
    assert note(attachment=linked).attachments == (as2.Media(url, "Image", "image/png", width=9),)
    assert note(attachment={**full, "name": "x" * 50_000}).attachments[0].name == "x" * 10_000


def test_odd_attachments_are_left_out_and_many_are_cut() -> None:
    odd = [
        7,
        None,
        [],
        {},
        {"type": "PropertyValue", "name": "a", "value": "b"},
        {"url": "hl:zQm"},
        {"url": 7},
    ]
    odd += [{"url": "javascript:x"}, {"url": "https://example.org/1.png", "name": 7}]
    assert note(attachment=odd).attachments == ()
    assert len(note(attachment=["https://example.org/1"] * 5_000).attachments) == 64
    for focal in ([2, 0], [0], "0,0", [True, 0], None, [float("nan"), 0]):
        attachment = {"url": "https://example.org/1.png", "focalPoint": focal}
        assert note(attachment=attachment).attachments[0].focal_point is None


def test_a_reply_names_its_parent_and_its_conversation() -> None:
    value = note(
        inReplyTo={"type": "Note", "id": "https://b.test/1"}, context="https://b.test/c", conversation="tag:x"
    )
    assert (value.in_reply_to, value.context, value.conversation) == (
        "https://b.test/1",
        "https://b.test/c",
        "tag:x",
    )
    assert note(inReplyTo=7, context=[], conversation={}).in_reply_to is None


def test_collections_beside_an_object_are_known_by_id() -> None:
    value = note(
        replies={"type": "Collection", "id": f"{ID}/replies", "first": {"type": "CollectionPage"}},
        likes=f"{ID}/likes",
        shares={"type": "Collection", "totalItems": 3},
    )
    assert (value.replies, value.likes, value.shares) == (f"{ID}/replies", f"{ID}/likes", None)


@pytest.mark.parametrize("field", ["quote", "quoteUrl", "quoteUri", "quoteURL", "_misskey_quote"])
def test_a_quote_is_found_under_all_its_names(field: str) -> None:
    assert note(**{field: "https://b.test/1"}).quote == "https://b.test/1"
    assert note(**{field: 7}).quote is None


def test_a_quote_is_found_as_an_object_link() -> None:
    relation = "https://misskey-hub.net/ns#_misskey_quote"
    assert (
        note(tag={"type": "Link", "href": "https://b.test/1", "rel": [relation]}).quote == "https://b.test/1"
    )
    assert note(tag={"type": "Link", "href": "https://b.test/1", "rel": "alternate"}).quote is None


def option(name: Any, votes: Any = None) -> dict[str, Any]:
    return {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}


def test_a_poll_is_read_with_its_votes() -> None:
    value = note(
        type="Question",
        oneOf=[option("1 hour", 4), option("3 hours", "11"), option("6 hours")],
        votersCount=15,
    )
    assert value.poll == as2.Poll(
        (as2.PollOption("1 hour", 4), as2.PollOption("3 hours", 11), as2.PollOption("6 hours")),
        voters=15,
    )


def test_a_poll_may_take_several_answers_and_be_closed() -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    several = note(
        type="Question", anyOf=[option("a")], closed="2026-03-02T00:00:00Z", endTime="2026-03-02T00:00:00Z"
    )
    assert several.poll == as2.Poll((as2.PollOption("a"),), multiple=True, closed=True, closed_at=moment)
    assert several.end_time == moment
    closed = note(type="Question", oneOf=[{"name": "a"}], closed=True)
    assert closed.poll == as2.Poll((as2.PollOption("a"),), closed=True)


def test_odd_polls_are_none_and_long_ones_are_cut() -> None:
    for odd in (None, [], 7, [7, None, {}, {"name": 7}], "x"):
        assert note(type="Question", oneOf=odd).poll is None
    assert note(type="Question", oneOf=[{"name": "a", "replies": {"totalItems": -5}}]).poll == as2.Poll(
        (as2.PollOption("a", 0),),
    )
    long = note(type="Question", oneOf=[option(f"{number}") for number in range(10_000)]).poll
    assert long is not None
    assert len(long.options) == 500


def test_a_tombstone_says_what_it_was() -> None:
    value = as2.read({"type": "Tombstone", "id": ID, "formerType": "Note", "deleted": "2026-03-02T00:00:00Z"})
    assert value == as2.Object(ID, "Tombstone", former_type="Note", deleted=datetime(2026, 3, 2, tzinfo=UTC))
    older = as2.read({"type": "Tombstone", "id": ID, "former_type": "Note"})
    assert older == as2.Object(ID, "Tombstone", former_type="Note")


def test_the_source_comes_as_text_or_object() -> None:
    assert note(source="*hi*").source == as2.Source("*hi*")
    assert note(source={"content": "*hi*", "mediaType": "text/markdown"}).source == as2.Source(
        "*hi*", "text/markdown"
    )
    for odd in (None, 7, {}, {"content": 7}, ""):
        assert note(source=odd).source is None


def test_a_new_type_with_a_text_is_a_publication_and_any_other_is_unknown() -> None:
    recipe = as2.read({"type": "Recipe", "id": ID, "name": "Ugali", "attributedTo": ME})
    assert recipe == as2.Object(ID, "Recipe", (ME,), name="Ugali")
    assert as2.read({"type": "Recipe", "id": ID, "steps": 3}) == as2.Unknown("Recipe", ID)
    assert as2.read({"type": "Recipe", "name": "Ugali"}) == as2.Unknown("Recipe")
    dance = {"type": "Dance", "id": ID, "actor": ME, "object": "https://b.test/1", "summary": "A danced"}
    assert as2.read(dance) == as2.Unknown("Dance", ID, ME)


def test_finer_types_of_a_publication_are_kept() -> None:
    value = note(type=["Article", "schema:Report"], additionalType=["ilan:Practice", 7])
    assert value.type == "Article"
    assert value.additional_types == ("schema:Report", "ilan:Practice")


@pytest.mark.parametrize("other", ["Person", "Create", "Collection", "Multikey", "Place"])
def test_a_publication_that_is_something_else_as_well_is_refused(other: str) -> None:
    with pytest.raises(Malformed, match="one kind of thing"):
        note(type=["Note", other])


def test_long_texts_are_cut() -> None:
    value = note(content="x" * 1_000_000, name="x" * 1_000_000, summary="x" * 1_000_000)
    assert (len(value.content or ""), len(value.name or ""), len(value.summary or "")) == (
        200_000,
        2_048,
        20_000,
    )


def test_what_only_one_kind_has_is_read_from_the_document() -> None:
    event = note(type="Event", startTime="2027-03-02T09:00:00+05:45", endTime="never", joinMode="restricted")
    assert event.start_time == datetime(2027, 3, 2, 3, 15, tzinfo=UTC)
    assert event.end_time is None
    assert event.document["joinMode"] == "restricted"
