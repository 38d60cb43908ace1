"""The parts of a composition, each on a child run: `FOLDER/PART` for a folder's, `PART` for what is mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from generation.core_components.reading import Reading
from generation.core_components.retrieval import write_retrieval_source
from generation.core_components.trainers import Material, Stage
from generation.core_composition.complete_factual.inputs import InputFolder
from generation.core_composition.complete_factual.sections import TALKS, Kind
from generation.core_pipelines.clean_documents.clean_documents import clean_documents
from generation.core_pipelines.mix_datasets.mix_datasets import mix_datasets
from generation.core_pipelines.mix_datasets.sources import Source
from generation.core_pipelines.mix_datasets.summary import MIXTURE_FILE
from generation.core_pipelines.representation_variation.representation_variation import representation_variation
from generation_functions import Dataset, Run, settings_of

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class FolderRun:
    """One input folder's part of a run. `shared` are the values that its parts have in common."""

    run: Run
    folder: InputFolder
    shared: Settings

    def child(self, part: str) -> Run:
        """The run of a part on this folder."""
        return self.run.child(f"{self.folder.label}/{part}")

    async def cleaned(self, settings: Settings) -> Path:
        """The folder's documents with their layout mended; as they are, where they are clean."""
        if not self.folder.clean:
            return self.folder.path
        reading: Reading = self.shared["reading"]
        # The shared language is what is written; to clean-documents, `language` is what the documents are in.
        shared = {**self.shared, "reading": reading.model_copy(update={"overlap": 0}), "language": None}
        own = {**settings, "language": self.folder.language} if self.folder.language else settings
        run = self.child("cleaning")
        await clean_documents(run, input_dir=self.folder.path, **settings_of(clean_documents, own, shared))
        return run.output_dir / "texts"

    async def retold(self, documents: Path, settings: Settings | None) -> list[Source]:
        """The documents in many forms, as a source to mix."""
        if settings is None:
            return []
        told = settings_of(representation_variation, settings, self.shared)
        return self._mixable(
            await representation_variation(self.child("variation"), input_dir=documents, **told),
            self.folder.label, self.folder.weight,
        )  # fmt: skip

    async def talked(
        self, documents: Path, kinds: Mapping[Kind, Settings | None], shares: Mapping[Kind, float]
    ) -> list[Source]:
        """Every kind of conversation about the documents in one set, as a source to mix."""
        sources: list[Source] = []
        for kind, settings in kinds.items():
            if settings is not None:
                pipeline = TALKS[kind]
                told = settings_of(pipeline, settings, self.shared)
                written = await pipeline(self.child(kind), input_dir=documents, **told)
                sources += self._mixable(written, kind, shares.get(kind))
        if not sources:
            return []
        together = await mix_datasets(self.child("conversations"), sources=sources)
        return self._mixable(together, self.folder.label, self.folder.weight)

    async def indexed(self, documents: Path) -> list[Source]:
        """The passages of the documents, for a search server."""
        reading: Reading = self.shared["reading"]
        run = self.child("passages")
        chunks = reading.chunks(run, documents, self.shared["chunk_tokens"])
        return self._mixable(await write_retrieval_source(run, chunks), self.folder.label, None)

    def _mixable(self, dataset: Dataset, name: str, share: float | None) -> list[Source]:
        if not dataset.rows:
            self.run.log(f"{self.folder.label}: {dataset.name} has no rows")
            return []
        return [Source(path=dataset.path, name=name, share=share)]


async def mixed(run: Run, name: str, sources: Sequence[Source], settings: Settings) -> Dataset | None:
    """All folders' rows in one dataset; None where there are none, or no row fits the shares."""
    if not sources:
        return None
    mixture = await mix_datasets(run.child(name), sources=list(sources), **settings)
    return mixture if mixture.rows else None


async def texts_beside(run: Run, texts: Dataset | None, talks: Dataset | None, share: float) -> Dataset | None:
    """So much pretraining text that it is about this share of what is trained on together with the conversations.

    Whole texts are counted, so that a small set of conversations gets one at least.
    """
    if texts is None or talks is None or not share:
        return None
    tokens = _tokens(talks) * share / (1 - share)
    rows = round(tokens * texts.rows / _tokens(texts))
    beside = Source(path=texts.path, name="pretraining")
    child = run.child("texts_beside")
    return await mix_datasets(child, sources=[beside], format="text", unit="rows", total=max(1, rows))


def _tokens(mixture: Dataset) -> int:
    told = orjson.loads((mixture.path.parents[1] / MIXTURE_FILE).read_bytes())
    return sum(source["tokens_taken"] for source in told["sources"])


def stages(texts: Dataset | None, talks: Dataset | None, beside: Dataset | None) -> list[Stage]:
    """What is trained one after the other: the texts, then the conversations with some of the texts."""
    found = []
    if texts is not None:
        found.append(Stage("pretraining", (_material(texts, "text"),)))
    if talks is not None:
        more = (_material(beside, "text"),) if beside is not None else ()
        found.append(Stage("conversations", (_material(talks, "messages"), *more)))
    return found


def _material(dataset: Dataset, form: Literal["text", "messages"]) -> Material:
    # Parquet has one schema for all rows; loaders that guess one from the first rows of JSON stumble over later ones.
    return Material(dataset.path.with_suffix(".parquet"), form)
