"""The config's sections: what each part may say itself beside what all parts share. Null leaves a part out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from generation.core_pipelines.clean_documents.clean_documents import clean_documents
from generation.core_pipelines.corrections.corrections import corrections
from generation.core_pipelines.factual_qa.factual_qa import factual_qa
from generation.core_pipelines.mix_datasets.mix_datasets import mix_datasets
from generation.core_pipelines.multi_source_recall.multi_source_recall import multi_source_recall
from generation.core_pipelines.rag_data.rag_data import rag_data
from generation.core_pipelines.representation_variation.representation_variation import representation_variation
from generation_functions import part_of

Kind: TypeAlias = Literal["questions", "recall", "rag", "doubts"]
"""The parts that write conversations."""

TALKS: Mapping[Kind, Any] = {
    "questions": factual_qa, "recall": multi_source_recall, "rag": rag_data, "doubts": corrections,
}  # fmt: skip

AS_SHARED: dict[str, Any] = {}
"""A part that says nothing itself."""

_CLEANED = part_of(clean_documents, "input_dir")
_RETOLD = part_of(representation_variation, "input_dir")
_FACTS = part_of(factual_qa, "input_dir")
_RECALLED = part_of(multi_source_recall, "input_dir")
_SEARCHED = part_of(rag_data, "input_dir")
_CORRECTED = part_of(corrections, "input_dir")
_MIXED = part_of(mix_datasets, "sources", "format")

Cleaning = Annotated[_CLEANED, Field(description="Mends layouts: settings of clean-documents.")]
Variation = Annotated[_RETOLD | None, Field(description="Texts to pretrain on: settings of representation-variation.")]
Questions = Annotated[_FACTS | None, Field(description="Questions about single chunks: settings of factual-qa.")]
Recall = Annotated[
    _RECALLED | None, Field(description="Questions that need several chunks: settings of multi-source-recall.")
]
Rag = Annotated[_SEARCHED | None, Field(description="Answers from what a search found: settings of rag-data.")]
Doubts = Annotated[_CORRECTED | None, Field(description="Doubted answers put right: settings of corrections.")]
MixedConversations = Annotated[_MIXED, Field(description="How conversations are mixed: settings of mix-datasets.")]
MixedTexts = Annotated[_MIXED, Field(description="How pretraining texts are mixed: settings of mix-datasets.")]
