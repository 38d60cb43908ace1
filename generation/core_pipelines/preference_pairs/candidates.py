"""Pairs of answers that may become preferences: by judged samples, by strength of model, by planted flaws."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from generation.core_components.conversations import answered, question_of, without_thoughts
from generation.core_components.conversations.passages import passages_of, transcript
from generation.core_pipelines.preference_pairs.flaws import FLAWS, Flaw, drawn_flaw
from generation.core_pipelines.preference_pairs.steps import (
    plant_flaw,
    sample_answers,
    score_answer,
    strong_answer,
    weak_answer,
)
from generation_functions import DepthFirst, Drop, Model, Row
from generation_functions.errors import ConfigError

Way: TypeAlias = Literal["samples", "strength", "flaws"]
Doing: TypeAlias = Callable[..., Awaitable[list[Row]]]
Fields: TypeAlias = dict[str, Any]


def asked(row: Row) -> Fields:
    """What the models are asked with: the conversation up to the user's last message, and the answer that it had."""
    messages = without_thoughts(row["messages"])
    prompt = question_of(messages)
    answered_at_once = len(messages) == len(prompt) + 1 and answered({"messages": messages})[0]
    reference = messages[-1]["content"] if answered_at_once else ""
    return {"prompt": prompt, "talk": transcript(passages_of(prompt)), "reference": reference}


@dataclass(frozen=True)
class Asking:
    """What the ways ask with."""

    writer: Model
    weak: Model | None
    judge: Model
    samples: int
    flaws: Sequence[Flaw]
    language: str
    seed: int


async def _pair_up(row: Row, do: Doing, *, ways: Sequence[Way], **settings: Any) -> list[Row]:
    """A row for each pair that the ways find: `way`, `chosen`, `rejected`, and what is known of it in `pair`.

    What two ways find alike is one pair, of the way that is named first.
    """
    asking = Asking(**settings)
    found = [await WAYS[way](row, do, asking) for way in dict.fromkeys(ways)]
    pairs = {}
    for pair in found:
        if pair is not None and pair["chosen"] != pair["rejected"]:
            pairs.setdefault((pair["chosen"], pair["rejected"]), pair)
    if not pairs:
        raise Drop("no way gave two different answers")
    return [row.adding(pair) for pair in pairs.values()]


pair_up = DepthFirst("pair_up", _pair_up)


async def _by_samples(row: Row, do: Doing, asking: Asking) -> Fields | None:
    samples = await do(sample_answers, row, model=asking.writer, count=asking.samples, language=asking.language)
    scored = [each for sample in samples for each in await do(score_answer, sample, model=asking.judge)]
    if len(scored) < 2:
        return None
    ranked = sorted(scored, key=lambda each: (-each["score"], each.key))
    best, worst = ranked[0], ranked[-1]
    known = {"sampled": len(scored), "sample_scores": [best["score"], worst["score"]]}
    return _pair("samples", best["answer"], worst["answer"], known) if best["score"] > worst["score"] else None


async def _by_strength(row: Row, do: Doing, asking: Asking) -> Fields | None:
    for strong in await do(strong_answer, row, model=asking.writer, language=asking.language):
        for weak in await do(weak_answer, row, model=asking.weak, language=asking.language):
            return _pair("strength", strong["answer"], weak["answer"], {})
    return None


async def _by_flaws(row: Row, do: Doing, asking: Asking) -> Fields | None:
    good = row["reference"] or await _written(row, do, asking)
    if not good:
        return None
    kind = drawn_flaw(row, asking.flaws, asking.seed)
    flawless = row.adding({"answer": good, "flaw": FLAWS[kind]})
    for made in await do(plant_flaw, flawless, model=asking.writer):
        return _pair("flaws", good, made["flawed"], {"flaw": kind, "planted": made["planted"]})
    return None


async def _written(row: Row, do: Doing, asking: Asking) -> str:
    written = await do(strong_answer, row, model=asking.writer, language=asking.language)
    return str(written[0]["answer"]) if written else ""


def _pair(way: Way, chosen: str, rejected: str, known: Fields) -> Fields:
    return {"way": way, "chosen": chosen, "rejected": rejected, "pair": {"way": way, **known}}


WAYS: dict[Way, Callable[[Row, Doing, Asking], Awaitable[Fields | None]]] = {
    "samples": _by_samples, "strength": _by_strength, "flaws": _by_flaws,
}  # fmt: skip


def check_ways(ways: Sequence[Way], weak: Model | None, flaws: Sequence[Flaw]) -> None:
    """Raise `ConfigError` where a way lacks what it needs."""
    if not ways:
        raise ConfigError("there are no ways to find pairs", hint=f"name some as `ways:`: {', '.join(WAYS)}")
    if "strength" in ways and weak is None:
        raise ConfigError("the way `strength` needs a weak model", hint="name one as `weak:`, or leave the way out")
    if "flaws" in ways and not flaws:
        raise ConfigError("the way `flaws` needs kinds of flaws", hint=f"name some as `flaws:`: {', '.join(FLAWS)}")
