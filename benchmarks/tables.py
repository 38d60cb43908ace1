"""The tables of figures in the docs, written from the results, so that nobody copies a number.

    python benchmarks/tables.py [--check]

Each stands between `<!-- figures: NAME -->` and `<!-- end of figures -->`. With `--check`, nothing is written, and the
exit code is 1 where a page is behind its results.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
WIDTH = 120
KINDS = {
    "files": "a folder of files of a megabyte", "txt": "one text", "csv": "one table", "jsonl": "one file of records",
}  # fmt: skip

_PLACE = re.compile(r"(<!-- figures: ([\w ]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def reading_speed(told: Mapping[str, Any]) -> Iterable[str]:
    """A row a format, beside its bare library."""
    yield from _head("format", "loop, MB/s", "ours, MB/s", "share of time", "by processor", "processors used")
    for name, row in [*told["formats"].items(), ("txt by sentence", told["txt_by_sentence"])]:
        shares = (row["two_share"], row["processor_share"], row["two_processors"])
        yield _row(name, f"{row['bare_mb_s']:.1f}", f"{row['two_mb_s']:.1f}", *(f"{share:.2f}" for share in shares))


def chunking_memory(told: Mapping[str, Any]) -> Iterable[str]:
    """A row a size of each kind of input."""
    yield from _head("input", "size", "the run", "largest process beside it", "all together", "to the end")
    for kind, sizes in told["runs"].items():
        for row in sizes:
            figures = (row["run_mb"], row["largest_child_mb"], row["together_mb"], row["with_dataset_mb"])
            yield _row(KINDS[kind], f"{row['megabytes']} MB", *(f"{each} MB" for each in figures))


def chunking_speed(told: Mapping[str, Any]) -> Iterable[str]:
    """A row a way of chunking, and what clears chunks up."""
    yield from _head("what", "MB/s")
    yield from (
        _row(name, f"{value:.0f}" if value >= 10 else f"{value:.1f}") for name, value in told["mb_per_s"].items()
    )


def machine(told: Mapping[str, Any]) -> Iterable[str]:
    """What a result was measured on."""
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    here = told["machine"]
    where = f"{here['cores']} cores of {here['processor']} with a load of {here['load_before']} before"
    said = f"Measured in turn, rounds: {told['rounds']}, on {where}. Python {here['python']}, {versions}."
    yield from wrap(said, WIDTH, break_on_hyphens=False)


TABLES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Iterable[str]]]] = {
    "reading speed": ("readers.json", reading_speed), "reading machine": ("readers.json", machine),
    "chunking speed": ("chunking.json", chunking_speed), "chunking memory": ("chunking.json", chunking_memory),
    "chunking machine": ("chunking.json", machine),
}  # fmt: skip


def filled(page: str) -> str:
    """A page with its figures as the results have them."""

    def of(match: re.Match[str]) -> str:
        result, lines = TABLES[match[2]]
        return f"{match[1]}\n" + "\n".join(lines(json.loads((RESULTS / result).read_text()))) + f"\n\n{match[3]}"

    return _PLACE.sub(of, page)


def _head(*names: str) -> Iterable[str]:
    return _row(*names), _row(*("---" for _ in names))


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, and tell whether something is behind")
    options = parser.parse_args()
    behind = [path for path in sorted((ROOT / "docs").glob("*.md")) if filled(path.read_text()) != path.read_text()]
    for path in behind:
        print(path.relative_to(ROOT))
        if not options.check:
            path.write_text(filled(path.read_text()))
    return 1 if behind and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
