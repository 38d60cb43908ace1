"""The page of guarantees names tests that exist, and every test of a fault."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def defined(path: str) -> set[str]:
    """The names of the tests in a file."""
    return set(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_test_it_names_exists() -> None:
    missing = [f"{path}::{name}" for path, name in NAMED if name not in defined(path)]
    assert not missing
    assert len(NAMED) > 30


def test_every_test_of_a_fault_is_named() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "faults").glob("test_*.py")]
    files += [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "simulation").glob("test_*.py")]
    missing = [f"{path}::{name}" for path in files for name in sorted(defined(path)) if (path, name) not in NAMED]
    assert not missing


def test_every_promise_and_every_fault_names_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    heads = [row for row in rows if row.endswith("| held by |")]
    missing = [row for row in rows if row not in heads and not re.search(r"`tests/[\w/]+\.py::\w+`", row)]
    assert not missing
    assert len(heads) == sum(line.startswith("| ---") for line in PAGE.splitlines()), "a table without tests"
    assert len(rows) - len(heads) > 50
