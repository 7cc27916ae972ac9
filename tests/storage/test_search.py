"""The index: the same results on both engines, for whoever may see them, at a bounded cost."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.following import accept, follow
from actors.searching import SURVEYED, Facets, latest, search, survey
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Policy, Visibility
from storage.listing import listed_for
from storage.publications import Publication, publications
from storage.search import COUNT_LIMIT, Alternative, Match
from storage.statements import compile_now
from storage.transaction import Transaction
from tests.databases import IS_POSTGRESQL
from tests.make import remote_actor
from tests.storage.corpus import change, keep, keep_texts

HOSTILE = (
    "NEAR(a b, 5)",
    'a NEAR/2 b" OR 1=1 --',
    "title : secret",
    "{title body} : x",
    "^first",
    "a AND (b OR",
    '"',
    '""',
    "*",
    "a*b*",
    "-",
    "--- -- -",
    "NOT NOT NOT",
    "% _ \\ '",
    "'; DROP TABLE search_index; --",
    "a:*b & !c | <->",
    "\x00\x01\ufeff\u202e",
    "👩‍⚖️ ⚖️",
    "\ud800",
    "a" * 10_000,
    "a " * 5_000,
    '"' * 10_000,
    "-x " * 3_000,
    "法" * 10_000,
    "ab* " * 2_500,
)


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Transaction]:
    async with database.begin() as opened:
        yield opened


async def found(
    tx: Transaction, text: str, reader: Actor | None = None, facets: Facets | None = None
) -> list[int]:
    """Return the ids that a search finds, each once and as many as it says."""
    results = await search(tx, text, reader, facets, size=100)
    ids = [publication.id for publication, _ in results.items]
    assert len(set(ids)) == len(ids) == results.total
    return ids


async def test_words_of_every_script_are_found_and_nothing_else(tx: Transaction) -> None:
    texts = await keep_texts(tx)
    wrong = [
        (text.language, query, ids)
        for number, text in texts.items()
        for query in text.found_by
        if (ids := await found(tx, query)) != [number]
    ]
    wrong += [
        (text.language, query, ids)
        for number, text in texts.items()
        for query in text.not_by
        if number in (ids := await found(tx, query))
    ]
    assert wrong == []


async def test_what_has_all_words_in_its_title_comes_first_and_then_the_newest(tx: Transaction) -> None:
    author = await remote_actor(tx)
    old_title = await keep(tx, author, 1, title="Night court")
    in_text = await keep(tx, author, 2, title="Rota", content="<p>A court at night.</p>")
    half_title = await keep(tx, author, 3, title="Court", content="<p>Open at night.</p>")
    new_title = await keep(tx, author, 4, title="The court of the night")
    assert await found(tx, "night court") == [new_title.id, old_title.id, half_title.id, in_text.id]


async def test_no_phrase_reaches_from_the_title_into_the_text(tx: Transaction) -> None:
    author = await remote_actor(tx)
    await keep(tx, author, 1, title="Legal", content="<p>aid for all</p>")
    together = await keep(tx, author, 2, title="Legal aid")
    assert await found(tx, '"legal aid"') == [together.id]


async def test_pages_put_together_are_the_whole(tx: Transaction) -> None:
    author = await remote_actor(tx)
    for number in range(17):
        title = "Custody" if number % 3 == 0 else "Other"
        await keep(tx, author, number, title=title, content="<p>custody</p>")
    whole = await found(tx, "custody")
    pages = [
        publication.id
        for offset in range(0, 20, 4)
        for publication, _ in (await search(tx, "custody", offset=offset, size=4)).items
    ]
    assert len(whole) == 17
    assert pages == whole


async def test_nothing_lies_beyond_what_is_counted(tx: Transaction) -> None:
    await keep(tx, await remote_actor(tx), 1, title="Custody")
    results = await search(tx, "custody", offset=COUNT_LIMIT + 5)
    assert (results.items, results.total) == ([], 1)


async def test_facets_of_one_name_widen_and_different_ones_narrow(tx: Transaction) -> None:
    author = await remote_actor(tx)
    stage = "https://w3id.org/ilan/v/stage/police-custody"
    kenya = await keep(
        tx,
        author,
        1,
        kind="practice",
        jurisdiction=["KE-30"],
        language="en",
        title_map={"en": "Rota", "sw": "Zamu"},
        concepts=[{"id": stage, "scheme": "https://w3id.org/ilan/v/stage", "name": "Police custody"}],
    )
    nepal = await keep(tx, author, 2, kind="event", jurisdiction=["NP"], language="pt-BR")
    assert await found(tx, "", None, Facets(kinds=("practice", "event"))) == [nepal.id, kenya.id]
    assert await found(tx, "", None, Facets(kinds=("practice",), countries=("NP",))) == []
    assert await found(tx, "", None, Facets(countries=("KE",))) == [kenya.id]
    assert await found(tx, "", None, Facets(languages=("sw",))) == [kenya.id]
    assert await found(tx, "", None, Facets(languages=("pt",))) == [nepal.id]
    # What is about police custody is about the time before trial.
    assert await found(tx, "", None, Facets(concepts=("stage/pretrial",))) == [kenya.id]
    assert await found(tx, "", None, Facets(concepts=(stage,))) == [kenya.id]
    assert await found(tx, "", None, Facets(author=author, is_local=False)) == [nepal.id, kenya.id]
    assert await found(tx, "", None, Facets(is_local=True)) == []


async def test_what_a_word_names_finds_what_is_about_it_in_other_languages(tx: Transaction) -> None:
    author = await remote_actor(tx)
    concept = {
        "id": "https://w3id.org/ilan/v/stage/police-custody",
        "scheme": "https://w3id.org/ilan/v/stage",
        "name": "الاحتجاز لدى الشرطة",
    }
    arabic = await keep(
        tx, author, 1, language="ar", title="زيارات أسبوعية", jurisdiction=["JO"], concepts=[concept]
    )
    title = await keep(tx, author, 2, language="fr", title="La garde à vue")
    text = await keep(tx, author, 3, language="fr", title="Horaires", content="<p>à vue, une garde</p>")
    assert await found(tx, "garde à vue") == [title.id, text.id, arabic.id]
    assert await found(tx, "police custody", None, Facets(countries=("JO",))) == [arabic.id]
    # In quotation marks the words alone count.
    assert await found(tx, '"garde à vue"') == [title.id]
    assert await found(tx, "garde à vue -zamu") == [title.id, text.id, arabic.id]


async def test_a_survey_counts_by_facet_and_host_in_the_spelling_of_the_api(tx: Transaction) -> None:
    one, other = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/writer")
    await keep(
        tx,
        one,
        1,
        kind="indicator_return",
        title="Custody",
        language="zh-Hant",
        jurisdiction=["KE", "034"],
        concepts=[{"id": "https://w3id.org/ilan/v/topic/data", "scheme": "s", "name": "Data"}],
    )
    await keep(tx, other, 2, kind="practice", title="Custody", language="en", jurisdiction=["KE"])
    await keep(tx, other, 3, title="Nothing")
    counts = await survey(tx, "custody")
    assert counts.counted == 2
    assert counts.kinds == {"indicator_return": 1, "practice": 1}
    assert counts.countries == {"KE": 2, "034": 1}
    assert counts.languages == {"zh-Hant": 1, "zh": 1, "en": 1}
    assert counts.concepts == {"topic/data": 1}
    assert counts.hosts == {"remote.example": 1, "other.example": 1}
    assert (await survey(tx, "")).counted == 3
    assert (await survey(tx, "", None, Facets(kinds=("practice",)))).hosts == {"other.example": 1}
    assert (await survey(tx, "?!")).counted == 0


async def test_the_latest_come_in_windows_between_ids(tx: Transaction) -> None:
    author = await remote_actor(tx)
    kept = [(await keep(tx, author, number, jurisdiction=["KE"])).id for number in range(6)]
    facets = Facets(countries=("KE",))

    async def ids(facets: Facets | None, **window: int) -> list[int]:
        return [publication.id for publication, _ in await latest(tx, None, facets, size=2, **window)]

    for each in (facets, None, Facets(author=author)):
        assert await ids(each) == [kept[5], kept[4]]
        assert await ids(each, before=kept[4]) == [kept[3], kept[2]]
        assert await ids(each, after=kept[1]) == [kept[3], kept[2]]
        assert await ids(each, before=kept[3], after=kept[1]) == [kept[2]]
        assert await ids(each, after=kept[5]) == []


async def test_what_is_unlisted_is_in_no_list_but_its_authors_own(tx: Transaction) -> None:
    author, reader = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
    await follow(tx, reader, author)
    await accept(tx, author, reader)
    public = await keep(tx, author, 1, title="Custody")
    unlisted = await keep(tx, author, 2, title="Custody", visibility=Visibility.UNLISTED)
    private = await keep(tx, author, 3, title="Custody", visibility=Visibility.PRIVATE)
    direct = await keep(tx, author, 4, title="Custody", visibility=Visibility.DIRECT)
    assert await found(tx, "custody") == [public.id]
    assert await found(tx, "custody", reader) == [private.id, public.id]
    assert await found(tx, "custody", author) == [direct.id, private.id, unlisted.id, public.id]
    assert [each.id for each, _ in await latest(tx)] == [public.id]
    # On the author's own page anybody sees what is unlisted, as on Mastodon.
    assert [each.id for each, _ in await latest(tx, None, Facets(author=author))] == [unlisted.id, public.id]


async def test_what_its_author_does_not_want_found_is_not(tx: Transaction) -> None:
    author = await remote_actor(tx)
    await keep(tx, author, 1, title="Custody", indexable=False)
    for reader in (None, author):
        assert await found(tx, "custody", reader) == []
        assert await found(tx, "", reader) == []


@pytest.mark.parametrize(
    ("policy", "for_anybody", "for_somebody"),
    [
        (Policy.TRUSTED, True, True),
        (Policy.KNOWN, True, True),
        (Policy.LIMITED, False, True),
        (Policy.BLOCKED, False, False),
    ],
)
async def test_a_policy_decides_who_is_shown_what_a_host_publishes(
    tx: Transaction, policy: Policy, for_anybody: bool, for_somebody: bool
) -> None:
    author, reader = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
    await keep(tx, author, 1, title="Custody")
    await tx.peers.set_policy(author.host, policy, tx.now)
    assert bool(await found(tx, "custody")) is for_anybody
    assert bool(await found(tx, "custody", reader)) is for_somebody
    assert (await survey(tx, "custody")).counted == int(for_anybody)
    assert bool(await latest(tx)) is for_anybody


@pytest.mark.parametrize("what", ["gone_at", "suspended_at"])
async def test_nothing_is_found_of_authors_who_are_gone_or_suspended(tx: Transaction, what: str) -> None:
    author = await remote_actor(tx, **{what: tx.now})
    await keep(tx, author, 1, title="Custody")
    assert await found(tx, "custody") == []


async def test_an_edit_is_found_by_its_new_words_alone_at_once(tx: Transaction) -> None:
    publication = await keep(
        tx, await remote_actor(tx), 1, title="Custody", content="<p>arrested</p>", jurisdiction=["KE"]
    )
    await change(tx, publication, title="Hearing", content="<p>released</p>", jurisdiction=["NP"])
    for gone in ("custody", "arrested", "arrest"):
        assert await found(tx, gone) == []
    for kept in ("hearing", "released", "release"):
        assert await found(tx, kept) == [publication.id]
    assert await found(tx, "", None, Facets(countries=("KE",))) == []
    assert await found(tx, "", None, Facets(countries=("NP",))) == [publication.id]
    await change(tx, publication, indexable=False)
    assert await found(tx, "hearing") == []


async def test_a_deletion_takes_the_words_along_in_the_same_transaction(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        one, other = [await keep(tx, author, number, title="Custody") for number in (1, 2)]
        await tx.search.forget(one.id)
        await tx.publications.remove(one)
        await tx.publications.remove(other)
        assert await found(tx, "custody") == []
        assert await tx.search.count_documents() == 0


async def test_what_is_rolled_back_was_never_indexed(database: Database) -> None:
    async def interrupted() -> None:
        async with database.begin() as tx:
            await keep(tx, await remote_actor(tx), 1, title="Custody")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await interrupted()
    async with database.read() as tx:
        assert await found(tx, "custody") == []
        assert await tx.search.count_documents() == 0


async def test_a_very_long_text_in_many_languages_can_be_indexed(tx: Transaction) -> None:
    words = " ".join(f"w{number}x{'ab' * 25}" for number in range(6_000))
    han = "".join(chr(0x20000 + number) for number in range(30_000))
    publication = await keep(
        tx,
        await remote_actor(tx),
        1,
        title="Needle",
        content=words,
        content_map={"en": words, "zh": han, "fr": f"{words} fin"},
        concepts=[{"id": f"https://concepts.example/{'x' * 3_000}", "scheme": "s", "name": "x"}],
        jurisdiction=["KE" * 1_000],
        language="e" * 3_000,
    )
    assert await found(tx, "needle") == [publication.id]
    assert await found(tx, "w17x*") == [publication.id]


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_query_is_an_error_or_finds_what_it_should_not(tx: Transaction, text: str) -> None:
    author = await remote_actor(tx)
    await keep(tx, author, 1, title="secret first", visibility=Visibility.PRIVATE)
    facets = Facets(kinds=(text[:50],), countries=(text[:50],), concepts=(text[:50],), languages=(text[:50],))
    assert await found(tx, text) == []
    assert await found(tx, text, None, facets) == []
    assert (await survey(tx, text, None, facets)).counted == 0
    assert await latest(tx, None, facets) == []


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(text=st.text(max_size=60))
async def test_anything_can_be_typed(database: Database, text: str) -> None:
    async with database.read() as tx:
        results = await search(tx, text, None, Facets(concepts=(text,)), size=5)
        assert results.items == []
        assert (await survey(tx, text)).counted == 0


async def plan(tx: Transaction, match: Match, reader: Actor | None, **window: int) -> list[str]:
    """Return how SQLite goes about a search."""
    index = tx.search
    query, place = index._query(match, reader), index._id(match)
    for bound in (place < window.get("before", 2**60), place > window.get("after", 0)):
        query = query.where(bound)
    compiled = compile_now(query.order_by(place.desc()).limit(20), tx._connection.dialect)
    rows = await tx._connection.raw(f"EXPLAIN QUERY PLAN {compiled.sql}", *compiled.arguments({}))
    return [row[3] for row in rows]


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL plans in its own way")
@pytest.mark.parametrize("is_analysed", [False, True])
async def test_the_index_leads_and_nothing_is_sorted(tx: Transaction, is_analysed: bool) -> None:
    author, reader = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
    for number in range(30):
        await keep(tx, author, number, title="Custody", kind="practice" if number % 2 else "event")
    if is_analysed:
        await tx._connection.raw("ANALYZE")
    word = (Alternative(("custody",)),)
    for match in (
        Match((word,)),
        Match((word,), facets=(("k_practice", "k_event"), ("c_ke",))),
        Match(facets=(("k_practice",),), is_local=False),
        Match((word,), author_id=author.id),
    ):
        for each in (None, reader):
            steps = await plan(tx, match, each)
            assert steps[0].startswith("SCAN search_index VIRTUAL TABLE"), steps
            assert not any("TEMP B-TREE" in step for step in steps)
            assert any(step.startswith("SEARCH publications USING INDEX") for step in steps)
            assert not any(
                step.startswith(("SCAN publications", "SCAN actors", "SCAN peers")) for step in steps
            )
    without = await plan(tx, Match(), reader)
    assert not any("TEMP B-TREE" in step for step in without)


async def test_what_may_be_listed_may_be_read(tx: Transaction) -> None:
    author, reader = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
    kept: list[Publication] = [
        await keep(tx, author, number, visibility=visibility) for number, visibility in enumerate(Visibility)
    ]
    for each in (None, reader, author):
        rows = await tx._connection.all(publications.select().where(listed_for(each)))
        readable = {
            publication.id for publication in kept if await tx.publications.readable(publication.uri, each)
        }
        assert {row[0] for row in rows} <= readable


async def test_newer_ids_come_first_in_every_list(tx: Transaction) -> None:
    await keep_texts(tx)
    ids = [publication.id for publication, _ in await latest(tx, size=100)]
    assert all(newer > older for newer, older in pairwise(ids))
    assert (await survey(tx, "")).counted == len(ids) <= SURVEYED
