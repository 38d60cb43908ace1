"""Everything a model is made a domain's expert with, out of folders of documents: a pipeline made of pipelines."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_components.trainers import Training, write_trainer_configs
from generation.core_composition.complete_factual.checking import check_settings
from generation.core_composition.complete_factual.inputs import InputFolder
from generation.core_composition.complete_factual.parts import FolderRun, mixed, stages, texts_beside
from generation.core_composition.complete_factual.sections import (
    AS_SHARED,
    Cleaning,
    Doubts,
    Kind,
    MixedConversations,
    MixedTexts,
    Questions,
    Rag,
    Recall,
    Variation,
)
from generation.core_pipelines.mix_datasets.sources import Source
from generation_functions import Dataset, Model, Run


async def complete_factual(
    run: Run,
    *,
    inputs: Annotated[
        list[InputFolder], Field(min_length=1, description="Folders of source documents: path, name, weight, clean.")
    ],
    writer: Annotated[Model, Field(description="Writes, in every part that says no other.")],
    judge: Annotated[Model, Field(description="Checks, in every part that says no other.")],
    mender: Annotated[Model | None, Field(description="Mends layouts; the judge without one.")] = None,
    embedder: Annotated[Model | None, Field(description="Gives vectors to search by, where a part searches.")] = None,
    chunk_tokens: Annotated[int, Field(ge=64, le=4_000, description="Longest chunk, in tokens.")] = 800,
    reading: DocumentReading = Reading(),
    language: Language = OWN_LANGUAGE,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes each check may take; more than half must pass.")] = 3,
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
    cleaning: Cleaning = AS_SHARED,
    variation: Variation = AS_SHARED,
    questions: Questions = AS_SHARED,
    recall: Recall = AS_SHARED,
    rag: Rag = AS_SHARED,
    doubts: Doubts = AS_SHARED,
    shares: Annotated[
        dict[Kind, float], Field(description="Parts' shares in a folder's conversations; without any, all there is.")
    ] = {},  # noqa: B006
    generic: Annotated[list[Source], Field(description="Generic conversations, weighed by generic_share.")] = [],  # noqa: B006
    conversations: MixedConversations = AS_SHARED,
    pretraining: MixedTexts = AS_SHARED,
    text_share: Annotated[
        float, Field(ge=0, lt=1, description="Share of pretraining text among what is trained on with conversations.")
    ] = 0.1,
    training: Annotated[Training, Field(description="What the trainers' configs say.")] = Training(),
) -> Dataset | None:
    """Make a domain expert's whole training data from folders of documents, and the configs to train with it."""
    shared: dict[str, Any] = {
        "writer": writer, "judge": judge, "mender": mender or judge, "embedder": embedder, "votes": votes,
        "chunk_tokens": chunk_tokens, "language": language, "thoughts_as": thoughts_as,
    }  # fmt: skip
    kinds: dict[Kind, Any] = {"questions": questions, "recall": recall, "rag": rag, "doubts": doubts}
    check_settings(inputs, kinds, shares, generic, conversations)

    texts, talks, passages = [], [], []
    for folder in inputs:
        part = FolderRun(run, folder, shared | {"reading": folder.read_by(reading)})
        documents = await part.cleaned(cleaning)
        texts += await part.retold(documents, variation)
        talks += await part.talked(documents, kinds, shares)
        passages += await part.indexed(documents)

    pretrained = await mixed(run, "pretraining", texts, {"format": "text", **pretraining})
    talked = await mixed(run, "conversations", [*talks, *generic], conversations)
    beside = await texts_beside(run, pretrained, talked, text_share)
    await mixed(run, "retrieval", passages, {"format": "text", "shuffle": False})
    to_train = stages(pretrained, talked, beside)
    write_trainer_configs(run.output_dir / "training", training, to_train, name=run.output_dir.name, seed=run.seed)
    run.log(f"configs to train with: {run.output_dir / 'training'}")
    return talked or pretrained
