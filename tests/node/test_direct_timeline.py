"""The timeline of messages between a few people, which older programs still ask for."""

from pathlib import Path

from tests.node.served import served
from tests.node.signing_in import asked, sign_in


async def test_it_has_what_was_written_to_the_reader_and_by_them(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, baraka, other = await node.member("amina"), await node.member("baraka"), await node.stranger()
        token = await sign_in(node, amina)
        theirs = await node.publish(other, "direct", mentioned=[amina])
        mine = await node.publish(amina, "direct", mentioned=[baraka])
        await node.publish(other, "direct", mentioned=[baraka])
        await node.publish(other, "public", mentioned=[amina])
        found = await asked(node, "/api/v1/timelines/direct", token)
        older = await asked(node, f"/api/v1/timelines/direct?max_id={mine.id}", token)
        guest = await node.client.get("/api/v1/timelines/direct")
    assert [each["id"] for each in found] == [str(mine.id), str(theirs.id)]
    assert {each["visibility"] for each in found} == {"direct"}
    assert [each["id"] for each in older] == [str(theirs.id)]
    assert guest.status_code == 401
