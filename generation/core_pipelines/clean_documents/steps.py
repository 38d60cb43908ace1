"""The steps of `clean_documents`: a piece is mended by a model, or kept as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generation.core_components.languages import OWN_LANGUAGE
from generation.core_components.titles import with_title
from generation.core_pipelines.clean_documents import offline_rules, stand_ins
from generation.core_pipelines.clean_documents.alignment import alignment
from generation_functions import DepthFirst, Model, PipelineStep, Row
from generation_functions.languages import UNDETERMINED
from generation_functions.languages.names import NAMES
from generation_functions.parsing import tag
from generation_functions.steps.asking import Doing

mend = PipelineStep(
    "mend",
    parse=tag("mended"),
    into="mended",
    prepare=with_title,
    offline=offline_rules.mend,
    stand_ins=stand_ins.mend,
    sampling={"temperature": 0.0, "max_tokens": 6000},
    retries=2,
    show_failure=True,
)


def only_layout(most_fixes: float) -> Callable[[str, Mapping[str, Any]], str | None]:
    """A validator that refuses what changed more than the layout, with what that was."""
    return lambda mended, row: alignment(row["text"], mended).problem(most_fixes)


async def _mended_or_kept(
    row: Row, do: Doing, *, model: Model, most_fixes: float, keep: bool, language: str | None
) -> Mapping[str, Any] | None:
    validate, spoken = only_layout(most_fixes), language or NAMES.get(row.get("language", UNDETERMINED), OWN_LANGUAGE)
    for mended in await do(mend, row, model=model, validate=validate, language=spoken):
        fixes = [[fix.before, fix.after] for fix in alignment(row["text"], mended["mended"]).fixes]
        return {"clean": mended["mended"], "kept": False, "fixes": fixes}
    return {"clean": row["text"], "kept": True, "fixes": []} if keep else None


mended_or_kept = DepthFirst("mended_or_kept", _mended_or_kept)
