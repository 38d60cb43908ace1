"""A small text classifier out of class descriptions: a model labels some texts, the classifier learns the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import Field

from generation.core_components.languages import OWN_LANGUAGE_OF_CLASSES
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.classifier.growing import Grown, Plan, Pool, grown
from generation.core_pipelines.classifier.report import lines, report
from generation.core_pipelines.classifier.steps import check_classes, label_text, listed, write_rules
from generation_functions import Dataset, Model, Row, Run, Stream
from generation_functions.errors import MillraceError
from generation_functions.parsing import choice
from generation_functions.run.manifest import write_atomically
from generation_functions.run.sources import CHUNK
from generation_functions.steps.outcome import Outcome
from generation_functions.streams.stage import Stage

Count = Annotated[int, Field(ge=1)]


async def classifier(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents, whose chunks are the texts.")],
    classes: Annotated[dict[str, str], Field(description="Each class's name, and what belongs to it.")],
    labeller: Annotated[Model, Field(description="Writes the rules, and labels the texts that are learnt from.")],
    chunk_tokens: Annotated[int, Field(ge=16, le=32_000, description="Longest text, in tokens.")] = 300,
    accuracy: Annotated[float, Field(gt=0, le=1, description="Share of the test that must be labelled right.")] = 0.9,
    test_texts: Annotated[Count, Field(description="Texts kept for the test, never trained on.")] = 100,
    first_texts: Annotated[Count, Field(description="Texts labelled before the first training.")] = 100,
    more_texts: Annotated[Count, Field(description="Texts labelled in each further round.")] = 50,
    most_texts: Annotated[Count, Field(description="Most texts labelled for training altogether.")] = 500,
    votes: Annotated[int, Field(ge=1, le=15, description="Most votes on a text's label.")] = 3,
    language: Annotated[
        str, Field(min_length=2, description="Language of rules and reasons, by its name; by default the classes'.")
    ] = OWN_LANGUAGE_OF_CLASSES,
    reading: DocumentReading = Reading(),
) -> Dataset:
    """Train a text classifier on labels by a model until it is accurate enough, and label all texts with it."""
    check_classes(classes)
    told = {"classes": listed(classes), "language": language}
    rules = await run.once(write_rules, model=labeller, **told)
    options = {**told, "rules": rules, "parse": choice(*classes), "votes": votes}

    async def label(texts: Sequence[Row]) -> list[Row]:
        return await _stream(run, "draw", texts).through(label_text, model=labeller, **options).collect()

    texts = await reading.chunks(run, input_dir, chunk_tokens).collect()
    plan = Plan(test_texts, first_texts, more_texts, most_texts, accuracy)
    found = await grown(Pool.of(texts, run.seed), label, list(classes), plan)
    if found is None:
        raise MillraceError("no text got a label", hint="Look at `rows RUN --step label_text`, and at the documents.")
    _keep(run, found, accuracy)
    for name, rows in (("training", found.trained), ("test", found.tested)):
        await run.write(_stream(run, name, rows, labeller), name, as_labelled, formats=("classification",))
    return await run.write(
        _stream(run, "all_texts", _labelled(texts, found), labeller), "labels", as_labelled, formats=("classification",)
    )


def as_labelled(row: Row) -> dict[str, Any]:
    """`{"text", "label", "confidence", "labelled_by"}`; a model's confidence is the share of its votes."""
    by = row.get("labelled_by", "model")
    return {"text": row["text"], "label": row["label"], "confidence": row["label_share"], "labelled_by": by}


def _stream(run: Run, name: str, rows: Sequence[Row], *models: Model) -> Stream:
    stage = Stage(name, CHUNK)

    def source() -> Iterator[Row]:
        for row in rows:
            run.record(stage, row, Outcome.kept(row, {}))
            yield row

    return Stream(run, source, (stage,), models=models)


def _labelled(texts: Sequence[Row], found: Grown) -> list[Row]:
    """Every text with its label: the model's where it gave one, else the classifier's."""
    known = {row.key: row for row in (*found.trained, *found.tested)}
    rest = [row for row in texts if row.key not in known]
    predicted = found.classifier.predict([row["text"] for row in rest])
    for row, prediction in zip(rest, predicted, strict=True):
        told = {"label": prediction.label, "label_share": prediction.confidence, "labelled_by": "classifier"}
        known[row.key] = row.adding(told)
    return [known[row.key] for row in texts]


def _keep(run: Run, found: Grown, accuracy: float) -> None:
    folder = run.output_dir / "classifier"
    found.classifier.save(folder)
    write_atomically(folder / "report.json", orjson.dumps(report(found, accuracy), option=orjson.OPT_INDENT_2) + b"\n")
    run.made(folder)
    for line in lines(found, accuracy):
        run.log(line)
