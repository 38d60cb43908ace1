"""What goes wrong over one document costs that document: one skip with its reason, no process left, no file outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generation_functions.documents import READERS, Document, Limits, Skip, read_documents
from tests.documents.hostile_readers import HOSTILE

READERS_WITH_HOSTILE = {**READERS, **HOSTILE}
LIMITS = Limits(seconds=60.0, max_memory=512 << 20, max_text=4 << 20)
ROOT = Path(__file__).parents[2]


def read(folder: Path, cache: Path | None = None, **limits: float) -> list[Document | Skip]:
    chosen = Limits(**{**{name: getattr(LIMITS, name) for name in ("seconds", "max_memory", "max_text")}, **limits})
    return list(read_documents(folder, limits=chosen, readers=READERS_WITH_HOSTILE, cache=cache))


def children() -> set[int]:
    """Processes that this one started and that still run."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    ).stdout
    return {int(line.split()[0]) for line in found.splitlines() if "documents.worker" in line}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("hang", "it takes longer than the limit of 1 s"),
        ("crash", "reading it crashed the process (SIGSEGV)"),
        ("gorge", "it needs more memory than the limit of 512.0 MiB"),
        ("babble", "it gives more text than the limit of 4.0 MiB"),
        ("leave", "reading it ended the process (exit code 7)"),
        ("stumble", "damaged, or not what its name says: ZeroDivisionError: by nothing"),
    ],
)
def test_a_broken_parser_costs_one_document(tmp_path: Path, kind: str, reason: str) -> None:
    (tmp_path / f"b.{kind}").write_bytes(b"x")
    for name in "ac":
        (tmp_path / f"{name}.html").write_text(f"<p>{name} is sound")
    seconds = 1.0 if kind == "hang" else 60.0
    before, found, after = read(tmp_path, seconds=seconds)
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert found == Skip(f"b.{kind}", reason)
    assert not children()


def test_many_failures_in_one_folder_are_each_reported_in_order(tmp_path: Path) -> None:
    kinds = ["crash", "leave", "stumble", "count"] * 5
    for number, kind in enumerate(kinds):
        (tmp_path / f"{number:02}.{kind}").write_bytes(b"x")
    found = read(tmp_path)
    assert [item.source for item in found] == [f"{number:02}.{kind}" for number, kind in enumerate(kinds)]
    assert sum(isinstance(item, Document) for item in found) == 5


def test_both_processes_work_and_see_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_API_KEY", "secret")
    for number in range(40):
        (tmp_path / f"{number}.count").write_bytes(b"%d" % number)
    found = [item for item in read(tmp_path) if isinstance(item, Document)]
    assert {item.text.rpartition(" ")[2] for item in found}.isdisjoint({str(os.getpid())})
    assert all("CANARY_API_KEY" not in item.metadata["keys"] for item in found)


def test_two_processes_read_at_the_same_time(tmp_path: Path) -> None:
    """Each of the two files is read only once the other is being read."""
    os.mkfifo(tmp_path / ".pipe")
    for mode in ("r", "w"):
        (tmp_path / f"{mode}.meet").write_text(f"{tmp_path / '.pipe'}\n{mode}")
    found = read(tmp_path, seconds=60.0)
    assert [item.text for item in found if isinstance(item, Document)] == ["met", "met"]


def test_an_iterator_that_is_closed_leaves_no_process(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.count").write_bytes(b"x")
    (tmp_path / "9.hang").write_bytes(b"x")
    items = read_documents(tmp_path, readers=READERS_WITH_HOSTILE)
    next(items)
    items.close()
    assert not children()


def test_a_run_that_stops_does_not_wait_for_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.hang").write_bytes(b"x")
    stopped = iter([False, True, True, True])
    begun = time.monotonic()
    assert list(read_documents(tmp_path, readers=READERS_WITH_HOSTILE, stop=lambda: next(stopped))) == []
    assert time.monotonic() - begun < 60  # the limit is two minutes
    assert not children()


@pytest.mark.skipif(sys.platform != "linux", reason="a parent-death signal is Linux's")
def test_processes_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.hang").write_bytes(b"x")
    code = (
        "import sys; from pathlib import Path; from tests.documents.test_isolation import *\n"
        "list(read_documents(Path(sys.argv[1]), readers=READERS_WITH_HOSTILE))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as parent:
        workers = _await(lambda: _children_of(parent.pid), lambda found: len(found) == 2)
        parent.send_signal(signal.SIGKILL)
    assert _await(lambda: [pid for pid in workers if _runs(pid)], lambda left: not left) == []


def _children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-ww", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def _runs(pid: int) -> bool:
    status = subprocess.run(["ps", "-ww", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(status) and not status.startswith("Z")


def _await(look, enough):  # type: ignore[no-untyped-def]
    until = time.monotonic() + 20
    while not enough(found := look()) and time.monotonic() < until:
        time.sleep(0.05)
    assert enough(found), found
    return found


# What was parsed is kept


def test_an_unchanged_file_is_not_parsed_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in/a.count"
    file.write_bytes(b"first")
    once = read(tmp_path / "in", tmp_path / "kept")
    os.utime(file, ns=(1, 1))
    assert read(tmp_path / "in", tmp_path / "kept") == once
    file.write_bytes(b"second")
    assert "second" in read(tmp_path / "in", tmp_path / "kept")[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", [b"", b"{}", b'["document", {}]\n', b"\xff\xfe"])
def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.html").write_text("<p>words")
    once = read(tmp_path / "in", tmp_path / "kept")
    (entry,) = (tmp_path / "kept").iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(damage or whole[:-20])
    assert read(tmp_path / "in", tmp_path / "kept") == once
    assert entry.read_bytes() == whole


def test_a_changed_byte_in_an_entry_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.html").write_text("<p>words")
    once = read(tmp_path / "in", tmp_path / "kept")
    (entry,) = (tmp_path / "kept").iterdir()
    entry.write_bytes(entry.read_bytes().replace(b"words", b"w0rds"))
    assert read(tmp_path / "in", tmp_path / "kept") == once


def test_what_hung_once_is_tried_again_and_what_is_damaged_is_not(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.leave").write_bytes(b"x")
    (tmp_path / "in/b.docx").write_bytes(b"x")
    (tmp_path / "in/c.txt").write_bytes(b"x")
    read(tmp_path / "in", tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_what_is_kept_of_files_that_are_gone_or_changed_goes_once_all_is_read(tmp_path: Path) -> None:
    folder, kept = tmp_path / "in", tmp_path / "kept"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.html").write_text(f"<p>{name}")
    read(folder, kept)
    before = {path.name for path in kept.iterdir()}
    (kept / ".1-2-3").write_bytes(b"left by a process that was killed")
    (folder / "a.html").unlink()
    (folder / "b.html").write_text("<p>changed")
    items = read_documents(folder, cache=kept)
    next(items)
    items.close()
    assert before < {path.name for path in kept.iterdir()}  # not all was read, so what is left is not known
    read(folder, kept)
    after = {path.name for path in kept.iterdir()}
    assert len(after) == 2
    assert len(after & before) == 1
    (folder / "b.html").unlink()
    (folder / "c.html").unlink()
    (folder / "plain.txt").write_text("words")
    read(folder, kept)
    assert list(kept.iterdir()) == []
