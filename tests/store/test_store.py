"""The store: what is written is read back, what is damaged is set aside, what is foreign is left alone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from generation_functions.errors import StoreDamaged, StoreError
from generation_functions.models.exchange import Completion, Request, Usage
from generation_functions.store import RowRecord, Store, StoreReader
from generation_functions.store.places import encode_place
from tests.models.eventually import until

ASKED = Request([{"role": "user", "content": "Why?"}], {"temperature": 0.5}, sample=2, attempt=1)
ANSWERED = Completion("Because.", "hm", "stop", Usage(7, 3), seconds=0.5, retries=1)


async def keep(store: Store, key: str = "k", request: Request = ASKED, answer: Completion = ANSWERED, **more) -> None:
    settings = {"model": "writer", "step": "ask", "cost": 0.25, "run_attempt": 1, **more}
    await store.add_answer(key, request, answer, **settings)


async def test_an_answer_is_on_disk_when_its_future_resolves(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        await keep(store)
        reader = StoreReader(path)
        found = reader.answer("k")
        reader.close()
    assert found is not None
    assert (found.completion, found.cost, found.error) == (ANSWERED, 0.25, None)


async def test_many_answers_share_few_commits(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        futures = [
            store.add_answer(f"k{n}", ASKED, ANSWERED, model="m", step="s", cost=0, run_attempt=1) for n in range(500)
        ]
        for future in futures:
            await future
        assert store.query("SELECT COUNT(*) FROM exchanges") == [(500,)]
        assert store.commits < 100


async def test_the_first_answer_to_a_question_stays(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        await keep(store)
        await keep(store, answer=Completion("Another."))
        assert store.answer("k").completion.text == "Because."


async def test_an_answer_takes_the_place_of_a_stored_error(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        await keep(store, answer=Completion(""), error="transient:503:busy")
        assert store.answer("k").error == "transient:503:busy"
        await keep(store)
        assert store.answer("k").error is None
        assert store.answer("k").completion == ANSWERED


async def test_shared_messages_are_stored_once_and_read_back_whole(tmp_path: Path) -> None:
    shared = {"role": "system", "content": "You are kind. " * 50}
    with Store(tmp_path / "store.sqlite") as store:
        store.share([shared])
        for n in range(3):
            await keep(store, f"k{n}", Request([shared, {"role": "user", "content": str(n)}]))
        assert store.exchange("k1")["prompt"] == [shared, {"role": "user", "content": "1"}]
        (longest,) = store.query("SELECT MAX(LENGTH(prompt)) FROM exchanges")[0]
        assert longest < 150


async def test_unpaired_surrogates_do_not_stop_a_run(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        await keep(store, request=Request([{"role": "user", "content": "a\ud800b"}]))
        assert store.exchange("k")["prompt"][0]["content"] == "a?b"


async def test_a_changed_answer_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        await keep(store)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE exchanges SET text = 'Because!'")
    raw.close()
    with Store(path) as store, pytest.raises(StoreDamaged, match="not what was written"):
        store.answer("k")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"not a database at all, but long enough to look at" * 3, id="garbage"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
        pytest.param(lambda data: data[:4096] + b"\xff" * 4096 + data[8192:], id="a page overwritten"),
    ],
)
async def test_a_damaged_store_is_set_aside_and_never_silently_replaced(tmp_path: Path, damage) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        for n in range(200):
            await keep(store, f"k{n}")
    broken = damage(path.read_bytes())
    path.write_bytes(broken)

    with pytest.raises(StoreDamaged) as first:
        Store(path)
    kept = tmp_path / "store.damaged-1.sqlite"
    assert kept.read_bytes() == broken
    assert "store.damaged-1.sqlite" in str(first.value)
    assert not path.exists()

    with pytest.raises(StoreDamaged, match="set aside"):
        Store(path)
    assert not path.exists()


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE cookies (a)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(StoreError, match="newer Millrace"):
        Store(path)


async def test_a_failed_commit_reaches_everyone_who_waits_and_everyone_after(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    store._writer.execute("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError, match="no such table"):
        await store.flushed()
    with pytest.raises(StoreError, match="no such table"):
        store.set_fact("a", "b")
    with pytest.raises(StoreError, match="no such table"):
        store.close()


async def test_who_is_cancelled_while_a_commit_is_waited_for_takes_it_from_nobody(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        waiting = [asyncio.ensure_future(keep(store, f"k{n}")) for n in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in told] == [asyncio.CancelledError, type(None), type(None)]
        assert store.query("SELECT COUNT(*) FROM exchanges") == [(3,)]


async def test_rows_of_earlier_attempts_are_forgotten_and_later_ones_replace(tmp_path: Path) -> None:
    def record(key: str, reason: str | None = None) -> RowRecord:
        return RowRecord("s", key, "kept", reason, None, {"a": 1}, (), "", "", key, ("doc", 1))

    with Store(tmp_path / "store.sqlite") as store:
        store.add_row(record("old"), run_attempt=1)
        store.add_row(record("both"), run_attempt=1)
        store.add_row(record("both", "changed"), run_attempt=2)
        store.forget_rows_before(2)
        await store.flushed()
        assert store.query("SELECT key, reason FROM rows") == [("both", "changed")]


def test_places_sort_as_bytes_as_they_do_as_tuples() -> None:
    places = [("a", 0, 10), ("a", 0, 9), ("a", 0), ("b",), ("a.txt", 3), ("a", 256, 1), ("a", 255, 7)]
    assert sorted(places, key=encode_place) == [
        ("a", 0), ("a", 0, 9), ("a", 0, 10), ("a", 255, 7), ("a", 256, 1), ("a.txt", 3), ("b",),
    ]  # fmt: skip


async def test_answers_of_an_earlier_process_and_of_another_store_are_found(tmp_path: Path) -> None:
    with Store(tmp_path / "lender.sqlite") as store:
        await keep(store, "lent")
    with Store(tmp_path / "store.sqlite") as store:
        await keep(store, "own")
    lender = StoreReader(tmp_path / "lender.sqlite")
    with Store(tmp_path / "store.sqlite") as store:
        assert store.answer("own") is not None
        assert store.answer("lent") is None
        store.take_over(lender, ["lent"])
        await store.flushed()
        assert store.answer("lent") is not None
    lender.close()


def row_of(key: str) -> RowRecord:
    return RowRecord("ask", key, "kept", None, None, {}, (), "", key, key, ("x", 0))


@pytest.mark.parametrize("how", ["an answer", "hurry", "flushed", "many rows"])
async def test_a_row_waits_for_a_commit_that_something_else_needs(tmp_path: Path, how: str) -> None:
    def stored() -> int:
        return int(reader.query("SELECT COUNT(*) FROM rows WHERE key = 'a'")[0][0])

    with Store(tmp_path / "store.sqlite") as store:
        reader = StoreReader(tmp_path / "store.sqlite")
        store.add_row(row_of("a"), run_attempt=1)
        if how == "an answer":
            await keep(store)
        elif how == "flushed":
            await store.flushed()
        elif how == "hurry":
            store.hurry()
        else:
            for number in range(300):
                store.add_row(row_of(str(number)), run_attempt=1)
        await until(stored)
        reader.close()


async def test_closing_writes_the_rows_that_wait(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.add_row(row_of("a"), run_attempt=1)
    reader = StoreReader(tmp_path / "store.sqlite")
    assert reader.query("SELECT key FROM rows") == [("a",)]
    reader.close()


async def test_rows_are_indexed_once_all_are_there(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.add_row(row_of("a"), run_attempt=1)
        store.index_rows()
        store.index_rows()
        await store.flushed()
        assert ("rows_key",) in store.query("SELECT name FROM sqlite_master WHERE type = 'index'")
        store.add_row(row_of("b"), run_attempt=1)
        await store.flushed()
        assert store.query("SELECT step FROM rows WHERE key = 'b'") == [("ask",)]


async def test_rows_that_wait_for_a_slow_disk_are_waited_for_before_more_are_made(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store, closing(sqlite3.connect(tmp_path / "store.sqlite")) as other:
        store.add_row(row_of("first"), run_attempt=1)
        await store.flushed()
        assert store.room() is None
        other.execute("BEGIN IMMEDIATE")  # nobody else can write
        for number in range(3_000):
            store.add_row(row_of(str(number)), run_attempt=1)
            if number == 300:
                await asyncio.sleep(0.2)  # for the writer to take these, and to wait with them
        room = store.room()
        other.rollback()
        assert room is not None
        await room
        assert store.room() is None
