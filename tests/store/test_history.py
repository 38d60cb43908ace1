"""Rows read back whole: chains, groups, steps within steps, and only the latest attempt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generation_functions import DepthFirst, Drop, OneToManyStep, Prompt, Run
from generation_functions.errors import StoreError
from generation_functions.store import DROPPED, FAILED, KEPT, StoreReader
from generation_functions.store.history import History, Selection
from tests.running import OFFLINE, echo_step

SPLIT = OneToManyStep(
    "split", prompt=Prompt.of("Split {text}"), parse=str.split, into="word", offline=lambda values, rng: values["text"]
)


@contextmanager
def history_of(folder: Path) -> Iterator[History]:
    store = StoreReader(folder / "store.sqlite")
    try:
        yield History(store)
    finally:
        store.close()


async def collected(folder: Path, texts: list[str], *steps: object) -> None:
    async with Run(folder) as run:
        stream = run.rows([{"text": text} for text in texts])
        for step in steps:
            stream = stream.through(step, model=OFFLINE)
        await stream.collect()


async def test_a_row_is_whole_at_every_step(tmp_path: Path) -> None:
    await collected(tmp_path, ["red blue"], SPLIT, echo_step(retries=0))
    with history_of(tmp_path) as history:
        [red, blue] = history.records(Selection("echo"))
        assert [link.step for link in history.chain(red)] == ["rows", "split", "echo"]
        assert history.whole(red) == {"text": "red blue", "word": "red", "loud": "RED BLUE"}
        assert history.whole(blue)["word"] == "blue"
        assert history.furthest(red.key) == red
        [source] = history.records(Selection("rows"))
        assert {made.key for made in history.made_from(source)} == {red.key, blue.key}


async def test_a_groups_fields_come_from_its_first_member_and_all_members_are_known(tmp_path: Path) -> None:
    async with Run(tmp_path) as run:
        words = run.rows([{"text": "red blue"}]).through(SPLIT, model=OFFLINE)
        await words.group(into="words").map(lambda row: {"count": len(row["words"])}, name="count").collect()
    with history_of(tmp_path) as history:
        [counted] = history.records(Selection("count"))
        whole = history.whole(counted)
        assert (whole["count"], whole["word"], [w["word"] for w in whole["words"]]) == (2, "red", ["red", "blue"])
        [group] = history.records(Selection("group"))
        assert [member.fields["word"] for member in history.members(group)] == ["red", "blue"]
        for member in history.members(group):
            assert [made.step for made in history.made_from(member)] == ["group"]


async def test_a_story_tells_each_row_to_its_end_before_the_next(tmp_path: Path) -> None:
    await collected(tmp_path, ["red blue", "green"], SPLIT, echo_step("first"), echo_step("second"))
    with history_of(tmp_path) as history:
        one, two = history.roots()
        told = [(record.step, record.fields.get("word")) for record in history.story(one)]
        assert told == [
            ("rows", None), ("split", "red"), ("first", None), ("second", None), ("split", "blue"), ("first", None),
            ("second", None),
        ]  # fmt: skip
        assert {record.root for record in history.story(two)} == {two}


async def test_steps_inside_a_depth_first_step_are_told_before_it(tmp_path: Path) -> None:
    async def visit(row, do, *, model):  # type: ignore[no-untyped-def]
        made = await do(echo_step("inner"), row, model=model)
        if row["text"] == "bad":
            raise Drop("it is bad")
        return await do(echo_step("again", into="louder"), made[0], model=model)

    await collected(tmp_path, ["good", "bad"], DepthFirst("outer", visit))
    with history_of(tmp_path) as history:
        good, bad = history.roots()
        assert [r.step for r in history.story(good)] == ["rows", "outer.inner", "outer.again", "outer"]
        assert [(r.step, r.status) for r in history.story(bad)][1:] == [("outer.inner", KEPT), ("outer", DROPPED)]
        [dropped] = history.records(Selection(status=DROPPED))
        assert (dropped.reason, [r.step for r in history.within(dropped)]) == ("it is bad", ["outer.inner"])


async def stopped_after(folder: Path, text: str) -> None:
    async with Run(folder) as run:
        await run.rows([{"text": text}]).through(echo_step(), model=OFFLINE).collect()
        raise RuntimeError("stopped half way")


@pytest.fixture
async def mixed(tmp_path: Path) -> Path:
    def judge(value: str, row: object) -> str | None:
        return "much too short" if len(value) < 3 else None

    fussy = echo_step("fussy", retries=0, validate=lambda v, row: "says no" if "NO" in v else None, drop_if=judge)
    await collected(tmp_path, ["ok", "no", "fine", "nono", "me"], fussy)
    return tmp_path


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (Selection(), 10),
        (Selection("fussy"), 5),
        (Selection("fus*"), 5),
        (Selection("f%"), 0),
        (Selection(status=FAILED), 2),
        (Selection("rows", FAILED), 0),
        (Selection(status=DROPPED, reason="TOO short"), 2),
        (Selection(reason="%"), 0),
        (Selection(keys=("",)), 10),
        (Selection(keys=("x",)), 0),
    ],
)
async def test_a_selection_narrows(mixed: Path, selection: Selection, count: int) -> None:
    with history_of(mixed) as history:
        assert history.count(selection) == count
        assert len(list(history.records(selection))) == count
        assert len(list(history.records(selection, limit=1))) == min(1, count)


async def test_losses_are_counted_by_reason(mixed: Path) -> None:
    with history_of(mixed) as history:
        losses = history.losses(Selection())
        assert [(x.step, x.status, x.reason, x.count) for x in losses] == [
            ("fussy", DROPPED, "much too short", 2), ("fussy", FAILED, "says no", 2),
        ]  # fmt: skip
        assert all(history.furthest(x.key) is not None for x in losses)


async def test_a_key_may_be_shortened_while_it_is_the_only_one(mixed: Path) -> None:
    with history_of(mixed) as history:
        keys = sorted({record.key for record in history.records(Selection("rows"))})
        assert history.whole_key(keys[0]) == keys[0]
        assert history.whole_key(keys[0][:31]) == keys[0]
        with pytest.raises(StoreError, match="rows have keys"):
            history.whole_key("")
        with pytest.raises(StoreError, match="no row"):
            history.whole_key("zz")


async def test_rows_of_an_attempt_before_are_not_shown(tmp_path: Path) -> None:
    await collected(tmp_path, ["one", "two"], echo_step())
    with pytest.raises(RuntimeError):
        await stopped_after(tmp_path, "one")
    with history_of(tmp_path) as history:
        assert history.attempt == 2
        assert [history.whole(r)["text"] for r in history.records(Selection("echo"))] == ["one"]
    store = StoreReader(tmp_path / "store.sqlite")
    assert History(store, 1).count(Selection("echo")) == 1
    store.close()
