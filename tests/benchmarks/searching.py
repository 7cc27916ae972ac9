"""Search over many short documents: rare, common, several words, with facets."""

import random
import time
from pathlib import Path

from actors.searching import Facets, search
from storage.database import Database
from storage.publications import Publication
from storage.search import SearchDocument
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import make_scene
from tests.benchmarks.servers import free_port

WORDS = [f"word{number}" for number in range(5000)]


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    scene = await make_scene(folder, free_port())
    database = Database(scene.url)
    count = 5_000 if quick else 50_000
    chance = random.Random(1)
    started = time.perf_counter()
    for first in range(0, count, 1000):
        async with database.begin() as tx:
            for number in range(first, min(first + 1000, count)):
                identifier = tx.new_id()
                words = " ".join(chance.choices(WORDS, k=40)) + (" common" if number % 5 else "")
                await tx.publications.add(
                    Publication(
                        identifier,
                        f"https://remote.example/o/{number}",
                        scene.author.id,
                        "practice",
                        "Article",
                        False,
                        "public",
                        tx.now,
                        tx.now,
                        title=words[:60],
                        content=words,
                    )
                )
                await tx.search.index(
                    SearchDocument(
                        identifier, words[:60], f"{words} rare{number}", "", "k_practice l_en c_ke"
                    )
                )
    report.add(Figure("documents stored and indexed", count / (time.perf_counter() - started), "/s"))
    queries = {
        "a rare word": ("rare77", Facets()),
        "a common word": ("common", Facets()),
        "two words": ("word7 word8", Facets()),
        "a common word with facets": ("common", Facets(kinds=("practice",), countries=("KE",))),
        "the beginning of a word": ("word12*", Facets()),
    }
    for name, (query, facets) in queries.items():
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            async with database.read() as tx:
                await search(tx, query, None, facets)
            times.append(time.perf_counter() - begun)
        times.sort()
        report.add(Figure(f"search for {name}, p95 of {count:,}", 1000 * times[28], "ms"))
    await database.close()
