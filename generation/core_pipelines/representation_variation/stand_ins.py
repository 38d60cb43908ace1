"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation.core_components.answers_elsewhere import ListInTag
from generation.core_pipelines.representation_variation.forms import Form, invented_year, not_of_its_form
from generation_functions import VariationStep
from generation_functions.parsing import tag
from generation_functions.stand_ins import StandIn

_CHUNK = {"text": "text", "metadata": "source", "additional_dataset_context": "no_context"}
_FACTS = {**_CHUNK, "atomic_facts": "facts", "inferred_facts": "inferred_facts"}

_FORMS: Mapping[str, Form] = {
    "create_essay": "essay",
    "create_list": "list",
    "create_Q_and_A": "question_answer",
    "create_json": "json",
    "create_XML": "xml",
    "create_XML_dialogue": "dialogue",
    "create_logic_chains": "logic_chain",
    "create_reverse_causality": "reversed_causality",
    "create_stream_of_thought": "stream_of_thought",
}
_LOOSE = frozenset(_FORMS.values())


def with_inferred(row: Mapping[str, Any]) -> dict[str, str]:
    """What follows from the facts, or the facts where nothing was inferred; and the words about a dataset, empty."""
    told = row.get("inferred") or row.get("facts", ())
    return {"inferred_facts": "\n".join(f"- {fact}" for fact in told), "no_context": ""}


def in_its_own_form(text: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a retelling: years of its own. What JSON or a list looks like is for their prompts to say."""
    return invented_year(text, row) if row["form"] in _LOOSE else not_of_its_form(text, row)


def loosely_checked(step: VariationStep) -> VariationStep:
    """The step with the forms of their retellings left to their prompts."""
    return replace(step, validate=in_its_own_form)


list_facts = (
    StandIn("atomic_fact_extraction", _CHUNK, ListInTag("atomic_facts"), prepare=with_inferred),
    StandIn("filter", unused="no step sorts chunks out beforehand; list_facts drops those without a fact"),
)
infer_facts = (StandIn("inferred_facts_writing", _FACTS, ListInTag("inferred_facts"), prepare=with_inferred),)
retell = tuple(
    StandIn(
        f"variations/{file}",
        _FACTS,
        tag("rewrite"),
        prompt=f"forms/{form}",
        prepare=with_inferred,
        step=loosely_checked,
    )
    for file, form in _FORMS.items()
)
