"""Gathering stages release a scope when, and only when, its last row has arrived, whatever the order of events."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generation_functions.rows import Row
from generation_functions.steps.outcome import Outcome
from generation_functions.streams.gathering import Gatherings
from generation_functions.streams.stage import GroupStage, PlainStage, SampleStage, Stage
from generation_functions.streams.unfinished import Unfinished


class Silent:
    def record(self, *_: object) -> None: ...


def plain(name: str) -> PlainStage:
    return PlainStage(name, act=lambda row: Outcome.kept(row, {}))


KINDS = {
    "group": lambda n: GroupStage(f"group{n}"),
    "group_by": lambda n: GroupStage(f"by{n}", by=lambda row: len(row["text"]) % 2, into=f"rows{n}"),
    "sample": lambda n: SampleStage(f"sample{n}", count=3, seed=1),
    "plain": lambda n: plain(f"plain{n}"),
}


class World:
    """A scheduler with no models: rows wait at plain stages until the test lets one of them go on."""

    def __init__(self, stages: list[Stage]) -> None:
        self.stages = stages
        self.waiting: list[tuple[Row, int]] = []
        self.arrived: list[Row] = []
        self.unfinished = Unfinished()
        self.gatherings = Gatherings(stages, Silent(), self.advance, self.unfinished)

    def begin(self, row: Row) -> None:
        self.unfinished.begin(row)
        self.gatherings.expect(row)
        self.advance(row, 0)

    def advance(self, row: Row, index: int) -> None:
        if index == len(self.stages):
            assert row.place >= (self.unfinished.reached() or ()), "a row came from before the place that was reached"
            self.arrived.append(row)
            self.unfinished.became(row, 0)
        elif isinstance(self.stages[index], PlainStage):
            self.waiting.append((row, index))
        else:
            self.gatherings.hold(row, index)

    def step(self, rng: Random) -> None:
        row, index = self.waiting.pop(rng.randrange(len(self.waiting)))
        made = [row.children(self.stages[index].name, [{"n": n} for n in range(rng.choice([0, 1, 1, 2]))]), [row]][
            rng.random() < 0.4
        ]
        self.unfinished.became(row, len(made))
        self.gatherings.settle(row, index, len(made))
        for child in made:
            self.advance(child, index + 1)


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=5), st.integers(0, 6), st.integers(0, 2**32))
def test_every_scope_is_released_once_and_nothing_is_held_at_the_end(kinds: list[str], sources: int, seed: int) -> None:
    rng = Random(seed)
    world = World([KINDS[kind](n) for n, kind in enumerate(kinds)])
    rows = [Row(f"{n:032x}", {"text": "x" * n}, (n,)) for n in range(sources)]
    ended = False
    while rows or world.waiting or not ended:
        if rows and rng.random() < 0.5:
            row = rows.pop(0)
            world.begin(row)
        elif not rows and not ended and rng.random() < 0.5:
            world.gatherings.source_ended()
            ended = True
        elif world.waiting:
            world.step(rng)

    assert all(not gathering.held for gathering in world.gatherings._all)
    assert all(not count for gathering in world.gatherings._all for count in gathering.coming.values())
    assert max(Counter(row.key for row in world.arrived).values(), default=1) == 1
    assert world.unfinished.reached() == ((sources - 1,) if sources else ())
    assert not world.unfinished._open


def test_a_group_of_one_source_row_does_not_wait_for_the_others() -> None:
    world = World([plain("ask"), GroupStage("group", into="pairs")])
    first, second = (Row(f"{n:032x}", {"text": "t"}, (n,)) for n in (1, 2))
    for row in (first, second):
        world.begin(row)

    children = first.children("ask", [{"q": 1}, {"q": 2}])
    world.waiting.remove((first, 0))
    world.unfinished.became(first, 2)
    world.gatherings.settle(first, 0, 2)
    world.advance(children[1], 1)
    assert world.arrived == []
    world.advance(children[0], 1)
    (group,) = world.arrived
    assert [pair["q"] for pair in group["pairs"]] == [1, 2]
    assert group.root == first.key


def test_a_place_is_reached_when_everything_before_it_is_done() -> None:
    unfinished = Unfinished()
    first, second, third = (Row(f"{n:032x}", {}, (n,)) for n in (1, 2, 3))
    for row in (first, second):
        unfinished.begin(row)
    unfinished.became(second, 0)
    assert unfinished.reached() == (1,)
    unfinished.became(first, 2)
    unfinished.became(first, 0)
    assert unfinished.reached() == (1,), "one of its two rows is still under way"
    unfinished.became(first, 0)
    assert unfinished.reached() == (2,)
    unfinished.begin(third)
    assert unfinished.reached() == (3,)


def test_no_place_is_reached_where_the_source_goes_back() -> None:
    unfinished = Unfinished()
    for number in (2, 1):
        row = Row(f"{number:032x}", {}, (number,))
        unfinished.begin(row)
        unfinished.became(row, 0)
    assert unfinished.reached() is None
