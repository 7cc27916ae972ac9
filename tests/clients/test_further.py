"""Methods that few programs call, which are served all the same."""

import pytest

from tests.clients.calls.kinds import Nothing
from tests.clients.entities.accounts import Account
from tests.clients.entities.statuses import Conversation
from tests.clients.scene import Scene
from tests.clients.validation import validate

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_whom_somebody_recommends_is_public(stage: Scene) -> None:
    other = await stage.value("followed")
    await stage.me.do("POST", f"/api/v1/accounts/{other}/endorse")
    answer = await stage.client.get(f"/api/v1/accounts/{stage.me.id}/endorsements")
    validate(answer.json(), list[Account], member=False)
    assert [each["id"] for each in answer.json()] == [other]


async def test_a_conversation_is_marked_unread_again(stage: Scene) -> None:
    number = await stage.value("new_conversation")
    assert (await stage.me.do("POST", f"/api/v1/conversations/{number}/read"))["unread"] is False
    unread = await stage.me.do("POST", f"/api/v1/conversations/{number}/unread")
    validate(unread, Conversation)
    assert unread["unread"] is True


async def test_notifications_are_taken_away_in_every_way(stage: Scene) -> None:
    async def ids() -> set[str]:
        return {each["id"] for each in await stage.me.do("GET", "/api/v1/notifications")}

    first, second, third = [await stage.value("new_notification") for _ in range(3)]
    validate(await stage.me.do("DELETE", f"/api/v1/notifications/{first}"), Nothing)
    assert await ids() & {first, second, third} == {second, third}
    gone = await stage.me.do("DELETE", "/api/v1/notifications/destroy_multiple", params={"ids[]": [second]})
    validate(gone, Nothing)
    assert await ids() & {second, third} == {third}
    validate(await stage.me.do("POST", "/api/v2/notifications/clear"), Nothing)
    assert await ids() == set()
