"""Mastodon.py looks after a member's circle: profile, follows, lists, filters, notifications, belongings."""

from io import BytesIO

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from tests.clients.live import Live
from tests.clients.pictures import png
from tests.clients.programs import Program, program

pytestmark = pytest.mark.processes


def test_a_profile_is_filled_in_and_cleared(amina: Program) -> None:
    # Mastodon.py leaves files open that it is given the names of.
    changed = amina.account_update_credentials(
        display_name="Amina N.",
        note="Advocate. #LegalAid",
        avatar=BytesIO(png(400, 400)),
        avatar_mime_type="image/png",
        header=BytesIO(png(600, 200)),
        header_mime_type="image/png",
        discoverable=True,
        fields=[("Site", "https://example.org/"), ("Court", "Nairobi")],
        default_language="en",
    )
    assert changed.display_name == "Amina N."
    assert [field.name for field in changed.fields] == ["Site", "Court"]
    assert changed.source.note == "Advocate. #LegalAid"
    assert not changed.avatar.endswith("missing.png")
    assert amina.session.get(changed.avatar).status_code == 200
    assert amina.account_delete_avatar().avatar.endswith("missing.png")
    assert amina.account_delete_header().header.endswith("missing.png")
    assert amina.profile().display_name == "Amina N."
    assert amina.profile_update(display_name="Amina").display_name == "Amina"


def test_people_are_looked_up(amina: Program, baraka: Program) -> None:
    other = amina.account_lookup("baraka")
    assert amina.account(other).id == other.id
    assert [each.id for each in amina.accounts([other, amina.me()])] == [other.id, amina.me().id]
    with pytest.raises(MastodonNotFoundError):
        amina.account_lookup("nobody")
    assert baraka.me().id == other.id


def test_members_follow_and_stop_following(amina: Program, baraka: Program) -> None:
    me, other = amina.me(), baraka.me()
    assert amina.account_follow(other, reblogs=False, notify=True).following
    relationship = amina.account_relationships(other)[0]
    assert (relationship.showing_reblogs, relationship.notifying) == (False, True)
    assert [each.id for each in amina.account_following(me)] == [other.id]
    assert [each.id for each in amina.account_followers(other)] == [me.id]
    assert baraka.account_relationships([me])[0].followed_by
    assert [each.id for each in amina.account_familiar_followers(other)] == [other.id]
    written = baraka.status_post("For my followers", visibility="private")
    assert amina.timeline_home()[0].id == written.id
    assert baraka.account_remove_from_followers(me).followed_by is False
    amina.account_follow(other)
    assert amina.account_unfollow(other).following is False


def test_a_locked_member_decides_who_follows(amina: Program, baraka: Program) -> None:
    me, other = amina.me(), baraka.me()
    amina.account_update_credentials(locked=True)
    try:
        assert baraka.account_follow(me).requested
        assert [each.id for each in amina.follow_requests()] == [other.id]
        assert amina.me().source.follow_requests_count == 1
        amina.follow_request_reject(other)
        assert baraka.account_relationships(me)[0].requested is False
        assert baraka.account_follow(me).requested
        assert amina.follow_request_authorize(other).followed_by
        assert baraka.account_relationships(me)[0].following
    finally:
        amina.account_update_credentials(locked=False)
        baraka.account_unfollow(me)


def test_members_mute_block_and_remember(amina: Program, baraka: Program) -> None:
    other = baraka.me()
    muted = amina.account_mute(other, notifications=False, duration=3600)
    assert (muted.muting, muted.muting_notifications) == (True, False)
    assert [each.id for each in amina.mutes()] == [other.id]
    assert amina.account_unmute(other).muting is False
    assert amina.account_block(other).blocking
    assert [each.id for each in amina.blocks()] == [other.id]
    assert amina.account_unblock(other).blocking is False
    assert amina.account_note_set(other, "Met in Kathmandu").note == "Met in Kathmandu"
    amina.domain_block("spam.example")
    assert amina.domain_blocks() == ["spam.example"]
    amina.domain_unblock("spam.example")
    assert amina.domain_blocks() == []


def test_lists_hold_those_who_are_followed(amina: Program, baraka: Program) -> None:
    other = baraka.me()
    colleagues = amina.list_create("Colleagues", replies_policy="list", exclusive=False)
    with pytest.raises(MastodonAPIError, match=r"422|404"):
        amina.list_accounts_add(colleagues, [other])
    amina.account_follow(other)
    amina.list_accounts_add(colleagues, [other])
    assert [each.id for each in amina.list_accounts(colleagues)] == [other.id]
    assert [each.id for each in amina.account_lists(other)] == [colleagues.id]
    written = baraka.status_post("For the list")
    assert amina.timeline_list(colleagues)[0].id == written.id
    changed = amina.list_update(colleagues, "Friends", replies_policy="none", exclusive=True)
    assert (changed.title, changed.exclusive) == ("Friends", True)
    assert amina.list(colleagues).title == "Friends"
    amina.list_accounts_delete(colleagues, [other])
    assert amina.list_accounts(colleagues) == []
    amina.list_delete(colleagues)
    assert amina.lists() == []
    amina.account_unfollow(other)


def test_filters_mark_what_they_match(amina: Program, baraka: Program) -> None:
    made = amina.create_filter_v2(
        "Sport",
        ["public"],
        "warn",
        expires_in=3600,
        keywords_attributes=[{"keyword": "football", "whole_word": True}],
    )
    assert [each.keyword for each in made.keywords] == ["football"]
    added = amina.add_filter_keyword_v2(made, "tennis", whole_word=False)
    assert len(amina.filter_keywords_v2(made)) == 2
    posted = baraka.status_post("Football again")
    seen = next(each for each in amina.timeline_public() if each.id == posted.id)
    assert [each.filter.title for each in seen.filtered] == ["Sport"]
    assert seen.filtered[0].keyword_matches[0].lower() == "football"
    marked = amina.add_filter_status_v2(made, posted)
    assert [each.status_id for each in amina.filter_statuses_v2(made)] == [posted.id]
    assert amina.filter_status_v2(marked).id == marked.id
    amina.delete_filter_status_v2(marked)
    amina.delete_filter_keyword_v2(added)
    assert amina.update_filter_v2(made, title="Games").title == "Games"
    assert amina.filter_v2(made).title == "Games"
    assert [each.phrase for each in amina.filters()] == ["football"]
    amina.delete_filter_v2(made)
    assert amina.filters_v2() == []


def test_filters_of_the_old_kind_are_the_same_filters(amina: Program) -> None:
    made = amina.filter_create(
        "football", ["home", "public"], irreversible=True, whole_word=True, expires_in=3600
    )
    assert (made.phrase, made.irreversible, made.whole_word) == ("football", True, True)
    assert amina.filters_v2()[0].filter_action == "hide"
    assert amina.filter_update(made, phrase="tennis").phrase == "tennis"
    assert amina.filter(made).phrase == "tennis"
    amina.filter_delete(made)
    assert amina.filters() == []


def test_members_are_recommended(amina: Program, baraka: Program) -> None:
    other = baraka.me()
    amina.account_follow(other)
    assert amina.account_endorse(other).endorsed
    assert [each.id for each in amina.endorsements()] == [other.id]
    assert amina.account_unendorse(other).endorsed is False
    assert amina.account_pin(other).endorsed
    assert amina.account_unpin(other).endorsed is False
    amina.account_unfollow(other)


def test_announcements_are_read_and_reacted_to(amina: Program) -> None:
    announced = amina.announcements()[0]
    assert "Maintenance" in announced.content
    amina.announcement_reaction_create(announced, "👍")
    assert [(each.name, each.count, each.me) for each in amina.announcements()[0].reactions] == [
        ("👍", 1, True)
    ]
    amina.announcement_reaction_delete(announced, "👍")
    amina.announcement_dismiss(announced)
    assert [each.id for each in amina.announcements() if not each.read] == []


def test_hashtags_are_followed_and_featured(amina: Program, baraka: Program) -> None:
    assert amina.tag_follow("Bail").following
    assert [each.name.lower() for each in amina.followed_tags()] == ["bail"]
    posted = baraka.status_post("On #bail")
    assert amina.timeline_home()[0].id == posted.id
    assert amina.tag("bail").following
    assert amina.tag_unfollow("bail").following is False
    featured = amina.featured_tag_create("LegalAid")
    assert [each.name.lower() for each in amina.featured_tags()] == ["legalaid"]
    assert [each.name.lower() for each in baraka.account_featured_tags(amina.me())] == ["legalaid"]
    assert isinstance(amina.featured_tag_suggestions(), list)
    amina.featured_tag_delete(featured)
    assert amina.featured_tags() == []
    assert amina.tag_feature("LegalAid").featuring
    assert amina.tag_unfeature("LegalAid").featuring is False


def test_notifications_come_one_by_one_and_in_groups(amina: Program, baraka: Program) -> None:
    amina.notifications_clear()
    posted = amina.status_post("Notify me")
    baraka.status_favourite(posted)
    baraka.status_reblog(posted)
    baraka.status_reply(posted, "Noted")
    baraka.account_follow(amina.me())
    found = amina.notifications()
    assert [each.type for each in found] == ["follow", "mention", "reblog", "favourite"]
    assert amina.notifications(found[0])["id"] == found[0].id
    assert [each.type for each in amina.notifications(types=["follow", "no_such_type"])] == ["follow"]
    assert [each.type for each in amina.notifications(exclude_types=["follow", "mention"])] == [
        "reblog",
        "favourite",
    ]
    assert amina.notifications_unread_count().count == 4
    grouped = amina.grouped_notifications()
    assert len(grouped.notification_groups) == 4
    group = grouped.notification_groups[0]
    assert amina.grouped_notification(group.group_key).notification_groups[0].group_key == group.group_key
    assert [each.username for each in amina.grouped_notification_accounts(group.group_key)] == ["baraka"]
    assert amina.unread_grouped_notifications_count() == 4
    amina.dismiss_grouped_notification(group.group_key)
    amina.notifications_dismiss(found[1])
    assert [each.type for each in amina.notifications()] == ["reblog", "favourite"]
    amina.notifications_clear()
    assert amina.notifications() == []
    baraka.account_unfollow(amina.me())


def test_notifications_of_strangers_are_held_back_where_wanted(
    live: Live, amina: Program, baraka: Program
) -> None:
    amina.account_unfollow(baraka.me())
    assert amina.update_notifications_policy(for_not_following="filter").for_not_following == "filter"
    try:
        baraka.status_post("Hello @amina")
        requests = amina.notification_requests()
        assert [each.account.username for each in requests] == ["baraka"]
        assert amina.notifications_policy().summary.pending_requests_count == 1
        assert amina.notification_request(requests[0]).id == requests[0].id
        amina.dismiss_notification_request(requests[0])
        baraka.status_post("Hello again @amina")
        amina.dismiss_multiple_notification_requests([each.id for each in amina.notification_requests()])
        assert amina.notification_requests() == []
        baraka.status_post("And again @amina")
        amina.accept_notification_request(amina.notification_requests()[0])
        assert amina.notification_requests() == []
        assert amina.notifications()[0].type == "mention"
        baraka.status_post("Not held back any more, @amina")
        assert amina.notification_requests() == []
        with program(live, "chebet") as chebet:
            chebet.status_post("Good morning @amina")
            amina.accept_multiple_notification_requests([each.id for each in amina.notification_requests()])
        assert amina.notification_requests() == []
        assert amina.notifications_merged() is True
    finally:
        amina.update_notifications_policy(for_not_following="accept")


def test_conversations_are_read_and_remembered(amina: Program, baraka: Program) -> None:
    # What a stranger writes privately waits, unless it answers.
    first = amina.status_post("Between us, @baraka", visibility="direct")
    baraka.status_post("Yes, @amina", visibility="direct", in_reply_to_id=first)
    conversation = amina.conversations()[0]
    assert (conversation.unread, [each.username for each in conversation.accounts]) == (True, ["baraka"])
    assert amina.conversations_read(conversation).unread is False


def test_markers_say_how_far_somebody_read(amina: Program) -> None:
    posted = amina.status_post("Read up to here")
    set_to = amina.markers_set(["home"], [posted])
    assert set_to["home"].last_read_id == posted.id
    again = amina.markers_set(["home"], [posted])
    assert again["home"].version > set_to["home"].version
    assert amina.markers_get(["home", "notifications"])["home"].last_read_id == posted.id


def test_a_report_reaches_the_moderators(amina: Program, baraka: Program) -> None:
    posted = baraka.status_post("Not nice")
    report = amina.report(baraka.me(), status_ids=[posted], comment="Not nice", category="spam")
    assert (report.category, report.status_ids, report.action_taken) == ("spam", [posted.id], False)
