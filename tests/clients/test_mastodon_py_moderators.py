"""Mastodon.py moderates: reports, measures against accounts, rules for whole domains."""

from collections.abc import Iterator

import pytest
from mastodon import MastodonAPIError

from tests.clients.live import Live
from tests.clients.programs import Program, program

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def moderator(live: Live) -> Iterator[Program]:
    with program(live, "dalmar", "admin:read", "admin:write") as found:
        yield found


def test_a_report_is_taken_up_and_settled(moderator: Program, amina: Program, baraka: Program) -> None:
    posted = baraka.status_post("Not nice")
    reported = amina.report(baraka.me(), status_ids=[posted], comment="Look", category="spam")
    notified = moderator.notifications(types=["admin.report"])
    assert [each.report.id for each in notified] == [reported.id]
    report = moderator.admin_reports()[0]
    assert (report.id, report.target_account.username) == (reported.id, "baraka")
    assert [each.id for each in report.statuses] == [posted.id]
    assert moderator.admin_report_assign(report).assigned_account.username == "dalmar"
    assert moderator.admin_report_unassign(report).assigned_account is None
    assert moderator.admin_report_resolve(report).action_taken
    assert [each.id for each in moderator.admin_reports(resolved=True)] == [reported.id]
    assert moderator.admin_report_reopen(report).action_taken is False
    assert moderator.admin_report(report).id == reported.id


def test_accounts_are_found_and_measures_taken_and_lifted(moderator: Program, amina: Program) -> None:
    me = amina.me()
    assert me.id in {each["id"] for each in moderator.admin_accounts_v1()}
    found = moderator.admin_accounts_v2(origin="local", username="amina")
    assert [each.email for each in found] == ["amina@node.example"]
    moderator.admin_account_moderate(me, "silence")
    assert moderator.admin_account(me).silenced
    assert moderator.admin_account_unsilence(me).silenced is False
    moderator.admin_account_moderate(me, "sensitive")
    assert moderator.admin_account_unsensitive(me).sensitized is False
    moderator.admin_account_moderate(me, "disable")
    with pytest.raises(MastodonAPIError, match=r"403|401"):
        amina.timeline_home()
    assert moderator.admin_account_enable(me).disabled is False


def test_an_account_is_suspended_and_let_back_in(moderator: Program, baraka: Program) -> None:
    other = baraka.me()
    moderator.admin_account_moderate(other, "suspend")
    assert moderator.admin_account(other).suspended
    assert moderator.account(other).suspended
    assert moderator.admin_account_unsuspend(other).suspended is False


def test_domains_are_blocked_and_allowed(moderator: Program) -> None:
    blocked = moderator.admin_create_domain_block("spam.example", severity="suspend", public_comment="Spam")
    assert moderator.admin_update_domain_block(blocked, severity="silence").severity == "silence"
    assert [each.domain for each in moderator.admin_domain_blocks()] == ["spam.example"]
    assert moderator.admin_domain_blocks(id=blocked.id).domain == "spam.example"
    moderator.admin_delete_domain_block(blocked)
    assert moderator.admin_domain_blocks() == []
    allowed = moderator.admin_create_domain_allow("friends.example")
    assert [each.domain for each in moderator.admin_domain_allows()] == ["friends.example"]
    assert moderator.admin_domain_allow(allowed).domain == "friends.example"
    moderator.admin_delete_domain_allow(allowed)
    assert moderator.admin_domain_allows() == []


def test_a_member_is_no_moderator(live: Live) -> None:
    with program(live, "chebet", "admin:read") as chebet, pytest.raises(MastodonAPIError, match="403"):
        chebet.admin_reports()
