"""`make bench`: what the node does, each figure beside its limit, measured in the same run.

Only the ratios travel from one machine to another. Nothing here passes or fails.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.benchmarks import applying, delivering, documents, reading, receiving, searching
from tests.benchmarks.report import Report

PARTS = {
    "receiving": receiving.measure,
    "applying": applying.measure,
    "delivering": delivering.measure,
    "documents": documents.measure,
    "reading": reading.measure,
    "searching": searching.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all without any")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    report = Report()
    for name in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="ilan-bench-") as folder:
            asyncio.run(PARTS[name](report, Path(folder), quick=chosen.quick))
    report.print()


main()
