"""Why no prompt file of Augmentoolkit 3 is taken in place of this pipeline's own."""

from __future__ import annotations

from generation_functions.stand_ins import StandIn

_MERGED = "it writes questions and answers at once, and here a search for each question stands between them"

ask = (
    StandIn("rag_success_conversation", unused=_MERGED),
    StandIn("rag_failed_conversation", unused=_MERGED),
    StandIn("filter", unused="no step sorts chunks out beforehand; ask drops those with nothing to ask about"),
)
