"""`PluralityStep`: independent votes on which of several options holds, ended when none can catch the leader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from generation_functions import Row
from generation_functions.steps.asking import Calls
from generation_functions.steps.majority_vote import no_vote_read
from generation_functions.steps.outcome import Outcome, StepFailed
from generation_functions.steps.step import PromptedStep


@dataclass(frozen=True)
class PluralityStep(PromptedStep):
    """Let the model vote on each row, and keep the option that most votes name.

    votes   most votes a row may take; a vote that never parses is lost
    into    the field for the option; `{into}_share` gets its part of the votes that were read
    reason  why a row with two leaders is not in the dataset
    """

    _: KW_ONLY
    votes: int = 3
    into: str = "label"
    reason: str = "the votes are tied"

    async def process(self, row: Row, calls: Calls) -> Outcome:
        prompt = calls.filled(self)
        ballots: list[str | None] = []
        unread: dict[int, StepFailed] = {}
        while len(ballots) < self.votes and not settled(ballots, self.votes - len(ballots)):
            try:
                ballots.append(await calls.value(self, sample=len(ballots), prompt=prompt))
            except StepFailed as exc:
                unread[len(ballots)] = exc
                ballots.append(None)
        detail = {"choices": ballots, "of": self.votes}
        ranked = Counter(ballot for ballot in ballots if ballot is not None).most_common(2)
        if not ranked:
            raise no_vote_read(unread)
        if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
            return Outcome.dropped(self.reason, detail=detail)
        option, count = ranked[0]
        read = sum(ballot is not None for ballot in ballots)
        return Outcome.kept(row, {self.into: option, f"{self.into}_share": round(count / read, 4)}, detail)


def settled(ballots: Sequence[str | None], left: int) -> bool:
    """Whether the option with most votes keeps its lead whatever the votes left say."""
    ranked = Counter(ballot for ballot in ballots if ballot is not None).most_common(2)
    if not ranked:
        return False
    return ranked[0][1] > (ranked[1][1] if len(ranked) > 1 else 0) + left
