"""The one step of `extract_structured`: records of the schema, each value with the words that say so."""

from __future__ import annotations

from generation.core_components.titles import with_title
from generation.core_pipelines.extract_structured import offline_rules
from generation.core_pipelines.extract_structured.records import records
from generation_functions import OneToManyStep

extract = OneToManyStep(
    "extract",
    parse=records,
    into="found",
    empty="nothing of the schema's kind in it",
    prepare=with_title,
    offline=offline_rules.extract,
    sampling={"temperature": 0.0, "max_tokens": 4000},
    show_failure=True,
)
