"""Which answers of a run were right: those that were used and lasted, and votes on the side of the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from generation_functions.store import DROPPED, KEPT, RowRecord, StoreReader
from generation_functions.store.history import DATASET_PREFIX, History

Exchange = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer that a step got: how it was asked the first time, what it said, and why it does not count, if so."""

    step: str
    question: Exchange
    answer: Exchange
    root: str
    against: str | None = None


@dataclass
class Answers:
    """The answers of a run's latest attempt.

    least_reached  share of the rows made of an answer that must have reached a dataset; a judgement needs none
    """

    store: StoreReader
    least_reached: float = 1.0
    _lasting: Lasting = field(init=False)

    def __post_init__(self) -> None:
        self._lasting = Lasting.of(self.store)

    def __iter__(self) -> Iterator[Verdict]:
        """Each answer once, in source order; failed tries are not among them."""
        history = History(self.store)
        rounds, seen = self.store.retries(), set[str]()
        for record in history.records():
            if not record.exchanges or record.status not in (KEPT, DROPPED):
                continue
            questions = asked(self._exchanges(record.exchanges))
            if rounds.get((record.step, record.key)):
                questions = [each for each in questions if each[-1]["sample"] == questions[-1][-1]["sample"]]
            for verdict in self._judged(record, questions):
                if verdict.answer["key"] not in seen:
                    seen.add(verdict.answer["key"])
                    yield verdict

    def _exchanges(self, keys: Sequence[str]) -> list[Exchange]:
        return [found for found in map(self.store.exchange, keys) if found is not None]

    def _judged(self, record: RowRecord, questions: Sequence[Sequence[Exchange]]) -> Iterator[Verdict]:
        ballots = ballots_of(record)
        some_failed = isinstance(record.detail, list)  # a step of several prompts, some without a usable answer
        for number, tries in enumerate(sorted(questions, key=lambda tries: tries[0]["sample"])):
            if tries[-1]["error"] is not None or (some_failed and len(tries) > 1):
                continue
            ballot = ballots[number] if ballots is not None and number < len(ballots) else None
            if ballots is not None and ballot is None:
                continue
            against = self._against(record, tries[-1]) if ballots is None else outvoted(ballot, ballots, record)
            yield Verdict(record.step, tries[0], tries[-1], record.root, against)

    def _against(self, record: RowRecord, answer: Exchange) -> str | None:
        if record.status == DROPPED or not record.from_step:
            return None  # it was this answer's own judgement, or one for the whole run
        share = self._lasting.share(record, answer["key"])
        return None if share >= self.least_reached else "what was made of it reached no dataset"


def asked(exchanges: Sequence[Exchange]) -> list[list[Exchange]]:
    """The exchanges of a row by question, each with its tries in order."""
    questions: list[list[Exchange]] = []
    latest: dict[int, list[Exchange]] = {}
    for exchange in exchanges:
        if exchange["attempt"] == 0 or exchange["sample"] not in latest:
            latest[exchange["sample"]] = []
            questions.append(latest[exchange["sample"]])
        latest[exchange["sample"]].append(exchange)
    return questions


def ballots_of(record: RowRecord) -> Sequence[Any] | None:
    """The votes on a row: true, false, an option, or None for one that could not be read. None where none was taken."""
    if not isinstance(record.detail, Mapping):
        return None
    votes = record.detail.get("votes", record.detail.get("choices"))
    return votes if isinstance(votes, list) else None


def outvoted(ballot: Any, ballots: Sequence[Any], record: RowRecord) -> str | None:
    """Why a vote does not count: the verdict is another, or there is none."""
    assert isinstance(record.detail, Mapping)
    read = [each for each in ballots if each is not None]
    if "needed" in record.detail:
        verdict: Any = sum(each is True for each in read) >= record.detail["needed"]
        return None if ballot is verdict else "outvoted"
    ranked = Counter(read).most_common(2)
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return "the votes are tied"
    return None if ballot == ranked[0][0] else "outvoted"


@dataclass(frozen=True)
class Lasting:
    """Which rows came to be part of a dataset, and which rows were made of one answer."""

    reached: frozenset[tuple[str, str]]
    roots: frozenset[str]
    made: Mapping[str, tuple[tuple[str, str], ...]]

    @classmethod
    def of(cls, store: StoreReader) -> Lasting:
        """Go back from the rows of a run's datasets to all that they were made of."""
        before: dict[tuple[str, str], list[tuple[str, str]]] = {}
        made: dict[str, list[tuple[str, str]]] = {}
        ends, roots = list[tuple[str, str]](), set[str]()
        for step, key, from_step, from_key, root, detail, exchanges in _kept(store):
            members = orjson.loads(detail).get("members", ()) if detail and b'"members"' in _bytes(detail) else ()
            before[step, key] = [(from_step, each) for each in members or (from_key,)]
            if exchanges:
                made.setdefault(_bytes(exchanges).decode().rpartition(",")[2], []).append((step, key))
            if step.startswith(DATASET_PREFIX):
                ends.append((step, key))
                roots.add(root)
        return cls(_behind(ends, before), frozenset(roots), {key: tuple(rows) for key, rows in made.items()})

    def share(self, record: RowRecord, answer: str) -> float:
        """The part of the rows made of an answer that reached a dataset, 0 to 1.

        Inside a `DepthFirst` step nobody knows which answer went into which row: all count where one row got through.
        """
        if record.step.startswith(f"{record.from_step}."):
            return float(record.root in self.roots)
        rows = self.made.get(answer) or ((record.step, record.key),)
        return sum(row in self.reached for row in rows) / len(rows)


def _kept(store: StoreReader) -> Iterator[tuple[Any, ...]]:
    yield from store.stream(
        "SELECT step, key, from_step, from_key, root, detail, exchanges FROM rows WHERE status = 'kept' AND"
        " run_attempt = ?",
        (int(store.fact("run_attempt") or 0),),
    )


def _behind(
    ends: Sequence[tuple[str, str]], before: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
) -> frozenset[tuple[str, str]]:
    found, waiting = set(ends), list(ends)
    while waiting:
        for row in before.get(waiting.pop(), ()):
            if row not in found:
                found.add(row)
                waiting.append(row)
    return frozenset(found)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
