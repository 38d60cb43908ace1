"""`MajorityVoteStep`: independent votes on a row, ended as soon as the verdict can no longer change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from math import ceil

from generation_functions.models.exchange import Messages
from generation_functions.rows import Row
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome, StepFailed
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class MajorityVoteStep(PromptedStep):
    """Let the model vote on each row, and drop the rows that lose.

    votes      most votes a row may take; a vote that never parses is lost and counts as a no
    threshold  least share of yes votes to pass; None means more than half
    reason     why a row that lost is not in the dataset
    into       a field for the verdict; with it, losing rows stay and only carry `false`
    """

    _: KW_ONLY
    votes: int = 3
    threshold: float | None = None
    reason: str | None = None
    into: str | None = None

    def __post_init__(self) -> None:
        if self.votes < 1:
            raise ValueError(f"step {self.name!r}: votes must be 1 or more, not {self.votes}")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError(f"step {self.name!r}: threshold must be above 0 and at most 1, not {self.threshold}")

    @property
    def needed(self) -> int:
        """Yes votes that pass a row."""
        if self.threshold is None:
            return self.votes // 2 + 1
        return max(1, ceil(self.threshold * self.votes - 1e-9))

    async def process(self, row: Row, calls: Calls) -> Outcome:
        prompt = calls.filled(self)
        ballots: list[bool | None] = []
        unread: dict[int, StepFailed] = {}
        while count := votes_to_ask(self.votes, self.needed, ballots):
            first = self.votes * calls.round + len(ballots)
            ballots += await self._vote(calls, prompt, range(first, first + count), unread)
        if all(ballot is None for ballot in ballots):
            raise no_vote_read(unread)
        passed = sum(ballot is True for ballot in ballots) >= self.needed
        detail = {"votes": ballots, "needed": self.needed, "of": self.votes}
        if self.into is not None:
            return Outcome.kept(row, {self.into: passed}, detail)
        if passed:
            return Outcome.kept(row, {}, detail)
        return Outcome.dropped(self.reason or f"lost the vote of {self.name}", detail=detail)

    async def _vote(
        self, calls: Calls, prompt: Messages | str, samples: range, unread: dict[int, StepFailed]
    ) -> list[bool | None]:
        if len(samples) == 1:
            return [await self._ballot(calls, prompt, samples[0], unread)]
        return await gather_all([self._ballot(calls, prompt, sample, unread) for sample in samples])

    async def _ballot(
        self, calls: Calls, prompt: Messages | str, sample: int, unread: dict[int, StepFailed]
    ) -> bool | None:
        # A vote judges the first stored answer of its own sample; its retries never reach into other samples.
        mine = Calls(calls.asking, calls.row, calls.values, 0, calls.exchanges)
        try:
            return bool(await mine.value(self, sample=sample, prompt=prompt))
        except StepFailed as exc:
            unread[sample] = exc
            return None


def no_vote_read(unread: Mapping[int, StepFailed]) -> StepFailed:
    """The failure of a row all of whose votes, by their samples, were lost. What was wrong with the first is told."""
    first = unread[min(unread)]
    tries = [unread[sample].message for sample in sorted(unread)]
    return StepFailed(f"no vote could be read: {first.message}", tries, hint=first.hint)


def votes_to_ask(votes: int, needed: int, ballots: list[bool | None]) -> int:
    """The fewest further votes that could settle the verdict; 0 when it is settled.

    Asking exactly that many at once wastes no call: nothing smaller could have ended the vote.
    """
    yes = sum(ballot is True for ballot in ballots)
    no = len(ballots) - yes
    to_pass, to_lose = needed - yes, (votes - needed + 1) - no
    return 0 if to_pass <= 0 or to_lose <= 0 else min(to_pass, to_lose)


async def gather_all(coroutines: list) -> list:  # type: ignore[type-arg]
    """`asyncio.gather`, but the others are let finish before an error is raised: their calls are paid for."""
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
