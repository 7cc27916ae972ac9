from dataclasses import replace
from pathlib import Path

from node.http.keeping import Kept, Memory
from tests.node.served import ServedNode, served


async def _rename(node: ServedNode, name: str) -> None:
    async with node.node.database.begin() as tx:
        office = await tx.actors.get(node.office.id)
        await tx.actors.change(replace(office, name=name))


async def test_a_kept_answer_is_the_same_and_an_edit_is_seen_at_once(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        first = await node.get("/actors/office")
        again = await node.get("/actors/office")
        assert again.content == first.content
        assert again.headers["etag"] == first.headers["etag"]
        await _rename(node, "Another name")
        assert (await node.get("/actors/office")).json()["name"] == "Another name"


async def test_each_kept_answer_carries_one_request_id_of_its_own(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        answers = [await node.get("/actors/office") for _ in range(3)]
        numbers = [answer.headers.get_list("x-request-id") for answer in answers]
        assert [len(each) for each in numbers] == [1, 1, 1]
        assert len({each[0] for each in numbers}) == 3


async def test_who_asks_for_a_page_is_not_given_the_kept_document(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        document = await node.get("/actors/office")
        page = await node.get("/actors/office", accept="text/html")
        assert document.status_code == 200
        assert page.status_code == 303
        known = await node.get("/actors/office", if_none_match=document.headers["etag"])
        assert known.status_code == 304


async def test_kept_answers_count_as_fresh_ones_do(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"requests_per_minute": 3}}) as node:
        of_server = [(await node.get("/actors/node")).status_code for _ in range(6)]
        assert of_server == [200] * 6
        of_office = [(await node.get("/actors/office")).status_code for _ in range(4)]
        assert of_office == [200, 200, 200, 429]


def test_the_memory_is_bounded_by_what_was_asked_as_well() -> None:
    memory = Memory(most_bytes=100)
    for number in range(9):
        memory.put((bytes([number]) * 30,), Kept((), float("inf"), (), b"x"))
    assert len(memory) == 3
    assert memory.get((bytes([8]) * 30,), ()) is not None
    assert memory.get((bytes([0]) * 30,), ()) is None
