"""Mastodon.py writes, reads and answers: statuses, media, polls, threads, timelines.

The session checks every answer against its entity, the program every entity against Mastodon.py's types.
"""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from mastodon import (
    MastodonAPIError,
    MastodonNotFoundError,
    MastodonUnauthorizedError,
)

from tests.clients.live import eventually
from tests.clients.pictures import png
from tests.clients.programs import Program

pytestmark = pytest.mark.processes


def test_a_program_is_registered_signed_in_and_knows_who_it_is(amina: Program) -> None:
    me = amina.account_verify_credentials()
    assert (me.username, me.acct) == ("amina", "amina")
    assert me.source is not None
    assert me.role is not None
    assert amina.app_verify_credentials().name == "Example bot"
    assert "S256" in amina.oauth_authorization_server_info().code_challenge_methods_supported
    # Its `oauth_userinfo` wants https, which a node on loopback has not.
    token = {"Authorization": f"Bearer {amina.api.access_token}"}
    told = amina.session.get(f"{amina.live.base}/oauth/userinfo", headers=token)
    assert told.json()["preferred_username"] == "amina"


def test_the_instance_is_one_that_mastodon_py_understands(amina: Program) -> None:
    instance = amina.instance_v2()
    assert instance.domain == amina.live.domain
    assert instance.api_versions["mastodon"] >= 7
    assert amina.instance_v1().uri == amina.live.domain
    assert amina.verify_minimum_version("4.5.0")
    assert amina.instance_nodeinfo().software.name == "ilan-node"
    assert isinstance(amina.instance_peers(), list)
    for document in (
        "instance_rules",
        "instance_extended_description",
        "custom_emojis",
        "announcements",
        "instance_languages",
        "instance_translation_languages",
        "trending_tags",
        "trending_statuses",
        "trending_links",
        "suggestions_v1",
        "suggestions_v2",
        "directory",
        "preferences",
    ):
        getattr(amina, document)()


def test_a_status_is_posted_edited_read_back_and_deleted(amina: Program) -> None:
    posted = amina.status_post(
        "Legal aid within three hours. #LegalAid https://example.org/a",
        visibility="public",
        spoiler_text="Custody",
        sensitive=True,
        language="en",
        idempotency_key="first",
    )
    again = amina.status_post("Legal aid within three hours.", idempotency_key="first")
    assert again.id == posted.id
    assert posted.tags[0].name.lower() == "legalaid"
    assert posted.application.name == "Example bot"
    edited = amina.status_update(posted, "Legal aid within two hours.", spoiler_text="Custody")
    assert edited.edited_at is not None
    assert [each.content for each in amina.status_history(posted)][-1] == edited.content
    assert amina.status_source(posted).text == "Legal aid within two hours."
    assert [each.id for each in amina.statuses([posted])] == [posted.id]
    deleted = amina.status_delete(posted)
    assert deleted.text == "Legal aid within two hours."
    with pytest.raises(MastodonNotFoundError, match="Record not found"):
        amina.status(posted)


def test_a_thread_is_whole_and_in_order(amina: Program, baraka: Program) -> None:
    first = amina.status_post("Who has a rota for duty counsel?")
    second = baraka.status_reply(first, "We have, see our page")
    third = amina.status_reply(second, "Thank you")
    assert second.mentions[0].username == "amina"
    context = amina.status_context(second)
    assert [each.id for each in context.ancestors] == [first.id]
    assert [each.id for each in context.descendants] == [third.id]
    assert amina.status(first).replies_count == 1


def test_pictures_are_uploaded_described_and_attached(amina: Program) -> None:
    medium = amina.media_post(
        BytesIO(png(64, 48)),
        mime_type="image/png",
        description="A grey square",
        focus=(0.5, -0.5),
        synchronous=True,
    )
    assert (medium.type, medium.description) == ("image", "A grey square")
    assert (medium.meta.original.width, medium.meta.original.height) == (64, 48)
    assert medium.meta.focus.x == 0.5
    changed = amina.media_update(medium, description="Another square", focus=(0.0, 0.0))
    assert changed.description == "Another square"
    assert amina.media(medium).description == "Another square"
    posted = amina.status_post("", media_ids=[medium])
    assert [each.id for each in posted.media_attachments] == [medium.id]
    shown = amina.session.get(posted.media_attachments[0].url)
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("image/")
    attributes = amina.api.generate_media_edit_attributes(medium, description="A third square")
    edited = amina.status_update(posted, "With text", media_attributes=[attributes])
    assert edited.media_attachments[0].description == "A third square"


def test_a_poll_is_asked_and_answered_once(amina: Program, baraka: Program) -> None:
    asked = amina.status_post("Which day?", poll=amina.api.make_poll(["Monday", "Tuesday"], expires_in=3600))
    voted = baraka.poll_vote(asked.poll, 1)
    assert (voted.voted, voted.own_votes, voted.votes_count) == (True, [1], 1)
    with pytest.raises(MastodonAPIError, match="422"):
        baraka.poll_vote(asked.poll, 0)
    assert amina.poll(asked.poll).options[1].votes_count == 1


def test_a_status_is_liked_boosted_kept_pinned_and_silenced(amina: Program, baraka: Program) -> None:
    posted = amina.status_post("Good news")
    assert baraka.status_favourite(posted).favourites_count == 1
    boost = baraka.status_reblog(posted)
    assert boost.id != posted.id
    assert (boost.reblog.id, boost.reblog.reblogs_count) == (posted.id, 1)
    assert [each.username for each in amina.status_favourited_by(posted)] == ["baraka"]
    assert [each.username for each in amina.status_reblogged_by(posted)] == ["baraka"]
    assert baraka.status_bookmark(posted).bookmarked
    assert [each.id for each in baraka.bookmarks()] == [posted.id]
    assert baraka.favourites()[0].id == posted.id
    assert baraka.status_unfavourite(posted).favourited is False
    assert baraka.status_unreblog(posted).reblogged is False
    assert baraka.status_unbookmark(posted).bookmarked is False
    assert amina.status_pin(posted).pinned
    assert [each.id for each in baraka.account_statuses(posted.account, pinned=True)] == [posted.id]
    assert amina.status_unpin(posted).pinned is False
    assert amina.status_mute(posted).muted
    assert amina.status_unmute(posted).muted is False


def test_a_status_is_quoted_and_the_quote_is_revoked(amina: Program, baraka: Program) -> None:
    posted = amina.status_post("To be quoted", quote_approval_policy="public")
    quoting = baraka.status_post("As she says", quoted_status_id=posted)
    assert quoting.quote.state == "accepted"
    assert quoting.quote.quoted_status.id == posted.id
    assert [each.id for each in amina.status_quotes(posted)] == [quoting.id]
    revoked = amina.status_quote_revoke(posted, quoting)
    assert revoked.quote.state == "revoked"
    closed = amina.status_update_quote_approval_policy(posted, "nobody")
    assert closed.quote_approval.automatic == []


def test_a_status_is_scheduled_moved_and_called_off(amina: Program) -> None:
    moment = datetime.now(UTC) + timedelta(days=2)
    scheduled = amina.status_post("Later", scheduled_at=moment)
    assert [each.id for each in amina.scheduled_statuses()] == [scheduled.id]
    moved = amina.scheduled_status_update(scheduled, moment + timedelta(days=1))
    assert moved.scheduled_at > scheduled.scheduled_at
    assert amina.scheduled_status(scheduled).params.text == "Later"
    amina.scheduled_status_delete(scheduled)
    assert amina.scheduled_statuses() == []


def test_timelines_page_forth_and_back(amina: Program, baraka: Program) -> None:
    written = [amina.status_post(f"Page {number} #Paging").id for number in range(7)][::-1]
    first = amina.timeline_hashtag("paging", limit=3)
    second = amina.fetch_next(first)
    third = amina.fetch_next(second)
    assert [each.id for page in (first, second, third) for each in page] == written
    assert [each.id for each in amina.fetch_previous(second)] == written[:3]
    assert amina.fetch_next(third) in (None, [])
    assert [each.id for each in amina.timeline_home(limit=3)] == written[:3]
    assert [each.id for each in amina.timeline_home(limit=2, min_id=written[4])] == written[2:4]
    assert [each.id for each in amina.timeline_home(limit=2, since_id=written[4])] == written[:2]
    assert written[0] in {each.id for each in baraka.timeline_local()}
    assert written[0] in {each.id for each in baraka.timeline_public()}
    assert [each.id for each in amina.all_of(amina.timeline_hashtag("paging", limit=2))] == written


def test_statuses_accounts_and_hashtags_are_found(amina: Program, baraka: Program) -> None:
    posted = amina.status_post("The ombudsperson of Nakuru answered. #Ombudsperson")
    found = eventually(lambda: baraka.search_v2("nakuru", result_type="statuses").statuses)
    assert [each.id for each in found] == [posted.id]
    assert [each.username for each in baraka.search_v2("amina").accounts] == ["amina"]
    assert [each.name.lower() for each in baraka.search_v2("ombuds", result_type="hashtags").hashtags] == [
        "ombudsperson"
    ]
    assert [each.id for each in baraka.search_v2(posted.url).statuses] == [posted.id]
    assert [each.username for each in baraka.account_search("amin")] == ["amina"]


def test_what_is_not_allowed_says_why(amina: Program, baraka: Program) -> None:
    with pytest.raises(MastodonAPIError, match="422"):
        amina.status_post("")
    with pytest.raises(MastodonAPIError, match="422"):
        amina.status_post("x" * 100_000)
    mine = amina.status_post("Mine")
    with pytest.raises((MastodonNotFoundError, MastodonUnauthorizedError, MastodonAPIError)):
        baraka.status_delete(mine)
    assert amina.status(mine).id == mine.id
