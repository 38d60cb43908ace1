"""The steps of retrieval: a row's text as a vector, and the passages that are found for a row's question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from random import Random
from typing import Any

from generation.core_components.retrieval.index import UNKNOWN, Index
from generation.core_components.retrieval.passage import Passage
from generation_functions.rows import Row, content_key
from generation_functions.steps.asking import Calls
from generation_functions.steps.embedding import embedding_of, gives_embeddings
from generation_functions.steps.outcome import Outcome
from generation_functions.steps.step import Step


@dataclass(frozen=True)
class EmbedStep(Step):
    """Get the vector of each row's `text`, into `vectors` by the row's key: too large to be kept with the row."""

    vectors: dict[str, str] = field(default_factory=dict)

    async def process(self, row: Row, calls: Calls) -> Outcome:
        self.vectors[row.key] = await embedding_of(calls, row["text"])
        return Outcome.kept(row, {})


@dataclass(frozen=True)
class RetrieveStep(Step):
    """Find passages for each row's question. Adds `into` (text, source, title, key each), `found`, `spoiled`.

    index   what is searched; with embeddings of its own it needs their model to embed the question
    on      the field that holds the question
    most    passages for a row
    missed  share of rows whose search is made to fail: the passage they stem from, its neighbours and the best others
            are left out, so that what is found looks right and is not
    together  whether the rows of one passage are made to fail all or none, as the turns of one conversation must be

    `found` is whether the passage that the row stems from is among them, `spoiled` whether the search was made to fail.
    """

    index: Index
    _: KW_ONLY
    on: str = "question"
    into: str = "passages"
    most: int = 3
    missed: float = 0.0
    together: bool = False

    async def process(self, row: Row, calls: Calls) -> Outcome:
        drawn_by = row.root if self.together else row.key
        drawn = Random(content_key(calls.asking.services.seed, self.name, drawn_by)).random()
        question = str(row[self.on])
        vector = None
        if self.index.embedded and gives_embeddings(calls.asking.model):
            vector = await embedding_of(calls, question, "query")
        away_from = self.index.get(row.root) if drawn < self.missed else None
        hits = await asyncio.to_thread(self._search, question, row, vector, away_from)
        passages = [hit.as_field() for hit in hits]
        found = any(hit.key == row.root for hit in hits)
        return Outcome.kept(row, {self.into: passages, "found": found, "spoiled": away_from is not None})

    def _search(self, question: str, row: Row, vector: str | None, away_from: Passage | None) -> list[Passage]:
        from generation.core_components.retrieval.vectors import decoded

        settings: dict[str, Any] = {"language": str(row.get("language") or UNKNOWN)}
        if vector is not None:
            settings["vector"] = decoded([vector])[0]
        if away_from is None:
            return [hit.passage for hit in self.index.search(question, self.most, **settings)]
        leave_out: Callable[[Passage], bool] = away_from.beside_or_same
        hits = self.index.search(question, self.most + _NEAR_MISSES, leave_out=leave_out, **settings)
        return [hit.passage for hit in hits][-self.most :]


_NEAR_MISSES = 2
"""The best of the others may hold the answer too, and are passed over."""
