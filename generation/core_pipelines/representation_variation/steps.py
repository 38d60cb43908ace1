"""The steps of `representation_variation`: facts, what follows from them, and the chunk in other forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.titles import with_title
from generation.core_pipelines.representation_variation import offline_rules, stand_ins
from generation.core_pipelines.representation_variation.forms import (
    FORMS,
    invented_year,
    leans_on_its_chunk,
    not_of_its_form,
    unfenced,
)
from generation_functions import DepthFirst, Model, PipelineStep, Row, VariationStep
from generation_functions.parsing import bulleted_list, tag
from generation_functions.steps.asking import Doing

_NOTHING = re.compile(r"^[\W_]*(?:no facts|nothing follows)[\W_]*$", re.IGNORECASE | re.MULTILINE)
_items = bulleted_list()
_retold = tag("retold")


def items_or_none(completion: str) -> list[str]:
    """The items of a list, each once; none where the completion says that there are none. Raises `ParseError`."""
    return [] if _NOTHING.search(completion) else list(dict.fromkeys(_items(completion)))


def retold(completion: str) -> str:
    """What stands between the tags, without a code fence. Raises `ParseError`."""
    return unfenced(_retold(completion))


def unusable_facts(facts: list[str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a list of facts: a year that the chunk does not have, or talk of the chunk."""
    problems = (invented_year(fact, row) or leans_on_its_chunk(fact, row) for fact in facts)
    return next(filter(None, problems), None)


def leaning(inferred: list[str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with conclusions: talk of the chunk."""
    return next(filter(None, (leans_on_its_chunk(each, row) for each in inferred)), None)


def with_facts(row: Mapping[str, Any]) -> dict[str, str]:
    """`title`, and `facts` as the list that a prompt shows."""
    return {**with_title(row), "facts": "\n".join(f"- {fact}" for fact in row["facts"])}


list_facts = PipelineStep(
    "list_facts",
    parse=items_or_none,
    validate=unusable_facts,
    into="facts",
    drop_if=lambda facts, row: None if facts else "holds no fact to retell",
    prepare=with_title,
    offline=offline_rules.list_facts,
    stand_ins=stand_ins.list_facts,
    sampling={"temperature": 0.3, "max_tokens": 2400},
    show_failure=True,
)

infer_facts = PipelineStep(
    "infer_facts",
    parse=items_or_none,
    validate=leaning,
    into="inferred",
    drop_if=lambda inferred, row: None if inferred else "nothing worth knowing follows from its facts",
    prepare=with_facts,
    offline=offline_rules.infer_facts,
    stand_ins=stand_ins.infer_facts,
    sampling={"temperature": 0.3, "max_tokens": 1200},
)

retell = VariationStep(
    "retell",
    variations=tuple(f"forms/{form}" for form in FORMS),
    label="form",
    parse=retold,
    validate=not_of_its_form,
    prepare=with_facts,
    offline=offline_rules.retell,
    stand_ins=stand_ins.retell,
    sampling={"temperature": 0.8, "max_tokens": 3200},
    show_failure=True,
)


async def _every_form(
    row: Row, do: Doing, *, model: Model, language: str, also: tuple[str, ...], forms: tuple[str, ...], versions: int
) -> list[Row]:
    """The chunk in the forms asked for: as it is, as its facts, as what follows from them, and retold."""
    about = row
    made = {"original": [row["text"]], "atomic_facts": ["\n".join(row["facts"])], "inferred_facts": []}
    if "inferred_facts" in also:
        inferred = await do(infer_facts, row, model=model, language=language)
        made["inferred_facts"] = ["\n".join(each["inferred"]) for each in inferred]
        about = next(iter(inferred), row)
    texts = [row.adding({"form": form, "text": text}) for form in also for text in made[form]]
    if versions:
        names = tuple(f"forms/{form}" for form in forms)
        texts += await do(retell, about, model=model, variations=names, count=versions, language=language)
    return texts


every_form = DepthFirst("every_form", _every_form)
