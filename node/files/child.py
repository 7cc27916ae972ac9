"""The process in which files are looked at: it gets little memory and time, does one job, and ends.

Reads a job as JSON from its standard input and writes the outcome as JSON to its standard output. A decoder
that a crafted file breaks takes nothing with it but this process.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from node.files.refusals import Refusal

_MIB: Final = 1024 * 1024
_MEMORY_AT_LEAST: Final = 512 * _MIB
#: Bytes for each pixel of the largest picture: as it is unpacked, turned, and in other colours.
_MEMORY_EACH: Final = 14
_CPU_SECONDS: Final = 40
_OPEN_FILES: Final = 32
_LAST_RESORT: Final = "This file is damaged, or it is not what it seems to be."


def main() -> None:
    """Do the job that stands on standard input, within its limits."""
    job: dict[str, Any] = json.load(sys.stdin)
    confine(
        memory=_MEMORY_AT_LEAST + job["megapixels"] * 1_000_000 * _MEMORY_EACH,
        seconds=_CPU_SECONDS,
        written=job["largest"],
    )
    try:
        outcome = _done(job)
    except Refusal as refusal:
        outcome = {"refusal": str(refusal)}
    except (MemoryError, RecursionError):
        outcome = {"refusal": _LAST_RESORT}
    except Exception as error:  # noqa: BLE001 - whatever a crafted file leads to, its sender gets a sentence
        outcome = {"refusal": _LAST_RESORT, "fault": f"{type(error).__name__}: {error}"[:500]}
    json.dump(outcome, sys.stdout)


def confine(*, memory: int, seconds: int, written: int) -> None:
    """Let this process have no more than this: bytes of memory, seconds of computing, bytes of any file."""
    os.nice(10)
    for kind, wanted in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, allowed = resource.getrlimit(kind)
        most = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
        resource.setrlimit(kind, (most, most))


def _done(job: dict[str, Any]) -> dict[str, Any]:
    # Imported within the limits: what sniffing finds decides what is needed at all.
    from node.files.examining import examine  # noqa: PLC0415 - see above

    return asdict(
        examine(
            Path(job["source"]),
            Path(job["folder"]),
            purpose=job["purpose"],
            hint=job["hint"],
            megapixels=job["megapixels"],
        )
    )
