"""The judge is judged: right documents pass, and each single mistake is found and named with its place."""

import copy
from typing import Any

import pytest

from tests.clients.entities.accounts import Account, Relationship
from tests.clients.entities.media import MediaAttachment
from tests.clients.entities.notifications import GroupedNotifications, Notification
from tests.clients.entities.statuses import Poll, Quote, Status
from tests.clients.entities.values import is_blurhash, is_id, is_safe_html, is_timestamp, is_url
from tests.clients.validation import WrongEntityError, validate

ACCOUNT: dict[str, Any] = {
    "id": "115601234567890123",
    "username": "amina",
    "acct": "amina",
    "display_name": "Amina",
    "locked": False,
    "bot": False,
    "discoverable": None,
    "indexable": True,
    "group": False,
    "created_at": "2026-08-23T00:00:00.000Z",
    "note": "<p>Advocate, Nairobi</p>",
    "url": "https://node.example/@amina",
    "uri": "https://node.example/actors/amina",
    "avatar": "https://node.example/static/missing.png",
    "avatar_static": "https://node.example/static/missing.png",
    "avatar_description": "",
    "header": "https://node.example/static/missing.png",
    "header_description": "",
    "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
    "header_static": "https://node.example/static/missing.png",
    "followers_count": 0,
    "following_count": 1,
    "statuses_count": 2,
    "last_status_at": "2026-08-23",
    "hide_collections": False,
    "emojis": [],
    "noindex": False,
    "roles": [],
    "fields": [{"name": "Site", "value": "<p>x</p>", "verified_at": None}],
}

STATUS: dict[str, Any] = {
    "id": "115601234567890124",
    "created_at": "2026-08-23T10:00:00.000Z",
    "in_reply_to_id": None,
    "in_reply_to_account_id": None,
    "sensitive": False,
    "spoiler_text": "",
    "visibility": "public",
    "language": "en",
    "uri": "https://node.example/o/115601234567890124",
    "url": "https://node.example/@amina/115601234567890124",
    "replies_count": 0,
    "reblogs_count": 0,
    "favourites_count": 0,
    "quotes_count": 0,
    "edited_at": None,
    "favourited": False,
    "reblogged": False,
    "muted": False,
    "bookmarked": False,
    "filtered": [],
    "content": '<p>On <a href="https://node.example/tags/legalaid" class="mention hashtag" rel="tag">'
    "#<span>LegalAid</span></a></p>",
    "reblog": None,
    "account": ACCOUNT,
    "media_attachments": [],
    "mentions": [],
    "tags": [{"name": "legalaid", "url": "https://node.example/tags/legalaid"}],
    "emojis": [],
    "quote": None,
    "card": None,
    "poll": None,
    "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
}

PER_READER = ("favourited", "reblogged", "muted", "bookmarked", "filtered")

IMAGE: dict[str, Any] = {
    "id": "115601234567890125",
    "type": "image",
    "url": "https://node.example/media/1.webp",
    "preview_url": "https://node.example/media/1-small.webp",
    "remote_url": None,
    "preview_remote_url": None,
    "text_url": None,
    "meta": {
        "original": {"width": 40, "height": 30, "size": "40x30", "aspect": 1.3333},
        "small": {"width": 40, "height": 30, "size": "40x30", "aspect": 1.3333},
        "focus": {"x": 0, "y": -0.5},
    },
    "description": None,
    "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
}

POLL: dict[str, Any] = {
    "id": "115601234567890126",
    "expires_at": "2026-08-24T10:00:00.000Z",
    "expired": False,
    "multiple": False,
    "votes_count": 1,
    "voters_count": 1,
    "options": [{"title": "Yes", "votes_count": 1}, {"title": "No", "votes_count": None}],
    "emojis": [],
    "voted": True,
    "own_votes": [0],
}

NOTIFICATION: dict[str, Any] = {
    "id": "115601234567890127",
    "type": "mention",
    "created_at": "2026-08-23T10:00:00.000Z",
    "group_key": "ungrouped-115601234567890127",
    "account": ACCOUNT,
    "status": STATUS,
}

GROUPED: dict[str, Any] = {
    "accounts": [ACCOUNT],
    "statuses": [STATUS],
    "notification_groups": [
        {
            "group_key": "favourite-1",
            "notifications_count": 1,
            "type": "favourite",
            "most_recent_notification_id": 115601234567890127,
            "page_min_id": "115601234567890127",
            "page_max_id": "115601234567890127",
            "latest_page_notification_at": "2026-08-23T10:00:00.000Z",
            "sample_account_ids": [ACCOUNT["id"]],
            "status_id": STATUS["id"],
        }
    ],
}

#: A path whose value is taken away, or set to something else.
MISSING = object()


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(document)
    where: Any = found
    *way, last = path.split(".")
    for step in way:
        where = where[int(step)] if step.isdecimal() else where[step]
    if value is MISSING:
        del where[last]
    else:
        where[last] = value
    return found


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ACCOUNT, Account),
        (STATUS, Status),
        (IMAGE, MediaAttachment),
        (POLL, Poll),
        (NOTIFICATION, Notification),
        (GROUPED, GroupedNotifications),
        ([STATUS, STATUS], list[Status]),
        ({**STATUS, "ilan": {"kind": "practice"}}, Status),
        ({**STATUS, "reblog": {**STATUS, "id": "1"}}, Status),
    ],
)
def test_a_right_document_passes(document: Any, expected: Any) -> None:
    validate(document, expected)


def test_a_guest_gets_a_status_without_what_is_the_readers_own() -> None:
    validate({name: value for name, value in STATUS.items() if name not in PER_READER}, Status, member=False)
    with pytest.raises(WrongEntityError, match=r"\$\.favourited is there, though nobody has signed in"):
        validate(STATUS, Status, member=False)


@pytest.mark.parametrize("name", PER_READER)
def test_a_member_misses_what_is_their_own(name: str) -> None:
    with pytest.raises(WrongEntityError, match=rf"\$\.{name} is missing from Status"):
        validate(changed(STATUS, name, MISSING), Status)


@pytest.mark.parametrize("name", [name for name in ACCOUNT if name not in ("noindex", "roles")])
def test_no_field_of_an_account_can_be_missing(name: str) -> None:
    with pytest.raises(WrongEntityError, match=rf"\$\[0\]\.account\.{name} is missing from Account"):
        validate([changed(STATUS, f"account.{name}", MISSING)], list[Status])


@pytest.mark.parametrize("name", list(STATUS))
def test_no_field_of_a_status_can_be_of_another_type(name: str) -> None:
    with pytest.raises(WrongEntityError, match=rf"\$\.{name}[ .]"):
        validate(changed(STATUS, name, object()), Status)


@pytest.mark.parametrize(
    ("document", "expected", "path", "value", "says"),
    [
        (STATUS, Status, "id", 115601234567890124, r"\$\.id is 115601234567890124, should be text"),
        (STATUS, Status, "id", "0123", r"\$\.id is '0123', should be an id"),
        (STATUS, Status, "id", "9223372036854775808", "should be an id of decimal digits"),
        (STATUS, Status, "created_at", "2026-08-23T10:00:00Z", "should be a moment"),
        (STATUS, Status, "created_at", "2026-08-23T10:00:00.000000Z", "should be a moment"),
        (STATUS, Status, "created_at", "2026-13-23T10:00:00.000Z", "should be a moment"),
        (STATUS, Status, "created_at", None, r"\$\.created_at is null, should be text"),
        (STATUS, Status, "visibility", "limited", "should be one of 'public'"),
        (STATUS, Status, "sensitive", 0, "should be true or false"),
        (STATUS, Status, "replies_count", True, "should be an integer"),
        (STATUS, Status, "replies_count", -1, "should be a count"),
        (STATUS, Status, "url", "/@amina/1", "should be an absolute URL"),
        (STATUS, Status, "mentions", None, r"\$\.mentions is null, should be a list"),
        (STATUS, Status, "content", None, r"\$\.content is null"),
        (STATUS, Status, "content", "<h1>Title</h1>", "HTML that every client can show"),
        (STATUS, Status, "content", "<p>open", "HTML that every client can show"),
        (STATUS, Status, "content", '<a href="javascript:x">y</a>', "HTML that every client can show"),
        (STATUS, Status, "kind", "practice", r"\$\.kind is nothing that Status has"),
        (STATUS, Status, "text", "source", r"\$\.text is nothing that Status has"),
        (STATUS, Status, "ilan", "practice", r"\$\.ilan is nothing that Status has"),
        (STATUS, Status, "tags.0.history", [], r"\$\.tags\[0\]\.history is nothing that ShallowTag has"),
        (STATUS, Status, "tags.0.url", "https://other.example/", "which is no link of the content"),
        (STATUS, Status, "reblog", STATUS, "is the id of the boost itself"),
        (STATUS, Status, "in_reply_to_account_id", "1", "though somebody is replied to"),
        (ACCOUNT, Account, "created_at", "2026-08-23T10:00:00.000Z", "midnight of a day"),
        (ACCOUNT, Account, "last_status_at", "2026-08-23T10:00:00.000Z", "should be a date"),
        (ACCOUNT, Account, "acct", "amina@node.example/x", "should be user"),
        (ACCOUNT, Account, "acct", "benjo", "should begin with the username"),
        (ACCOUNT, Account, "source", {}, "is nothing that Account has"),
        (ACCOUNT, Account, "noindex", MISSING, "is missing from a local account"),
        (ACCOUNT, Account, "fields.0.verified_at", "yesterday", r"\$\.fields\[0\]\.verified_at"),
        (IMAGE, MediaAttachment, "url", None, r"\$\.url is null"),
        (IMAGE, MediaAttachment, "meta", None, "meta is null"),
        (IMAGE, MediaAttachment, "meta.original.size", "40", "should be '40x30'"),
        (IMAGE, MediaAttachment, "meta.focus.x", 2, "should be between -1 and 1"),
        (IMAGE, MediaAttachment, "meta.colors", {}, "is nothing that ImageMeta has"),
        (IMAGE, MediaAttachment, "type", "video", "of type video"),
        (IMAGE, MediaAttachment, "blurhash", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "should be a blurhash"),
        (POLL, Poll, "own_votes", [2], "names options that are not there"),
        (POLL, Poll, "voted", False, "though there are own votes"),
        (POLL, Poll, "options", [{"title": "Yes", "votes_count": 1}], "should have 2 at least"),
        (NOTIFICATION, Notification, "status", MISSING, "which crashes Tusky"),
        (NOTIFICATION, Notification, "status.account.avatar", None, r"\$\.status\.account\.avatar is null"),
        (GROUPED, GroupedNotifications, "accounts", [], "does not have everybody"),
        (GROUPED, GroupedNotifications, "statuses", [], "does not have the status"),
        (
            GROUPED,
            GroupedNotifications,
            "notification_groups.0.most_recent_notification_id",
            "115601234567890127",
            "should be an integer",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(
    document: dict[str, Any], expected: type, path: str, value: Any, says: str
) -> None:
    with pytest.raises(WrongEntityError, match=says):
        validate(changed(document, path, value), expected)


def test_a_quote_has_its_status_exactly_where_it_is_accepted() -> None:
    with pytest.raises(WrongEntityError, match="is null, though the state is 'accepted'"):
        validate({"state": "accepted", "quoted_status": None}, Quote)
    validate({"state": "pending", "quoted_status": None}, Quote)


def test_every_mistake_is_reported_and_their_number_is_bounded() -> None:
    with pytest.raises(WrongEntityError, match=r"\.\.\. and \d+ more") as caught:
        validate([{}, {}, {}], list[Relationship], what="GET /api/v1/accounts/relationships")
    assert str(caught.value).startswith("GET /api/v1/accounts/relationships is not a list of Relationship:")


@pytest.mark.parametrize(
    ("judge", "right", "wrong"),
    [
        (
            is_id,
            ["1", "9223372036854775807"],
            ["0", "-1", "01", "9223372036854775808", "a", "", "1.0", "\u0661"],
        ),
        (
            is_timestamp,
            ["2026-02-28T23:59:59.999Z"],
            ["2026-02-29T00:00:00.000Z", "2026-02-28T23:59:59.999+00:00"],
        ),
        (
            is_url,
            ["https://a.example", "http://a.example/b?c=d"],
            ["//a.example", "a.example", "ftp://a", "https://"],
        ),
        (is_blurhash, ["LEHV6nWB2yk8pyo0adR*.7kCMdnj"], ["", "L", "LEHV6nWB2yk8pyo0adR*.7kCMdn!"]),
        (
            is_safe_html,
            ["", "a &amp; b<br>", "<p>x<br />y</p>"],
            ["<img>", "<p></em>", '<p onclick="x">y</p>'],
        ),
    ],
)
def test_values_are_judged_one_by_one(judge: Any, right: list[str], wrong: list[str]) -> None:
    assert [judge(each) for each in right] == [True] * len(right)
    assert [judge(each) for each in wrong] == [False] * len(wrong)
