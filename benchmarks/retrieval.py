"""How often the passage that answers a question is found: by words, by words and spellings, with a local model.

    python benchmarks/retrieval.py [--model FOLDER] [--show] [--json FILE]

The passages are the sample documents in chunks of 200 tokens. Recall at k is the share of questions whose passage is
among the first k; the mean reciprocal rank counts the first place 1, the second a half, and so on down to the tenth.
Each question is asked once more with a slip in its longest word.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.retrieval_questions import QUESTIONS, Asked
from benchmarks.rounds import ROOT, arguments, save, table
from generation.core_components.retrieval.index import Index
from generation.core_components.retrieval.passage import Passage
from generation.core_components.retrieval.terms import spoken_in, term_counts
from generation.core_components.retrieval.vectors import decoded
from generation_functions import Model, ModelSpec, Run
from generation_functions.models import ModelClients, Request
from generation_functions.models.local.weights import weights_of

DOCUMENTS, CHUNK_TOKENS, FIRST = ROOT / "inputs" / "quickstart", 200, (1, 3, 5)
WITHIN = 10
Ranking: TypeAlias = Callable[[str], Sequence[Passage]]


async def passages() -> list[Passage]:
    """The chunks of the sample documents."""
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        async with Run(Path(folder) / "run") as run:
            return [Passage.of(row) for row in await run.read(DOCUMENTS).chunk(max_tokens=CHUNK_TOKENS).collect()]


def by_words(index: Index) -> Ranking:
    """BM25 alone."""
    return lambda question: best(index, index.postings.scores(_terms(index, question)))


def by_both(index: Index, vectors: dict[str, Any] | None = None) -> Ranking:
    """What a pipeline gets."""
    return lambda question: [
        hit.passage for hit in index.search(question, WITHIN, vector=vectors[question] if vectors else None)
    ]


def by_vectors(index: Index, vectors: dict[str, Any]) -> Ranking:
    """A model's vectors alone."""
    return lambda question: best(index, index.vectors.nearness(vectors[question].reshape(1, -1))[0])


def best(index: Index, scores: Any) -> Sequence[Passage]:
    """The passages of the highest scores above 0."""
    order = [int(number) for number in np.argsort(-scores, kind="stable")[:WITHIN] if scores[number] > 0]
    return [index.passages[number] for number in order]


def _terms(index: Index, question: str) -> Any:
    return reduce(or_, (term_counts(question, language) for language in spoken_in(question, index.languages)))


def measured(rank: Ranking, asked: Sequence[Asked]) -> dict[str, float]:
    """Recall at each k, and the mean reciprocal rank."""
    places = [place_of(rank(each.question), each.answer) for each in asked]
    recall = {f"recall@{k}": sum(place <= k for place in places) / len(places) for k in FIRST}
    return {**recall, "mrr": sum(1 / place for place in places) / len(places)}


def place_of(found: Sequence[Passage], answer: str) -> float:
    """At which place the passage with the answer is; infinitely far off where it is not among them."""
    return next((n for n, passage in enumerate(found[:WITHIN], 1) if answer in passage.text), float("inf"))


async def embedded(folder: str, texts: Sequence[str], questions: Sequence[str]) -> tuple[Any, dict[str, Any], float]:
    """The vectors of passages and of questions, and texts embedded in a second of one processor."""
    spec = ModelSpec(provider="local", mode="embedding", model=folder, max_in_flight=1)
    own = weights_of(spec).folder
    async with ModelClients() as clients:
        client = clients.client(Model("embedder", spec))
        await client.probe()
        before = time.process_time()
        answers = await asyncio.gather(*(client.complete(Request(own.document + text)) for text in texts))
        pace = len(texts) / (time.process_time() - before)
        asked = await asyncio.gather(*(client.complete(Request(own.query + question)) for question in questions))
    vectors = decoded([answer.text for answer in asked])
    return decoded([answer.text for answer in answers]), dict(zip(questions, vectors, strict=True)), pace


async def main() -> None:
    """Measure, and print the table."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--model", action="append", default=[], metavar="FOLDER", help="a local embedding model, once for each"
    )
    parser.add_argument("--show", action="store_true", help="say what each way found first, where it missed")
    given = parser.parse_args()
    found = await passages()
    index, asked_rightly = Index(found), [each for kind in QUESTIONS.values() for each in kind]
    _check(found, asked_rightly)
    slips = tuple(slipped(each) for each in asked_rightly)
    every = [*asked_rightly, *slips]
    ways = {"words (BM25)": by_words(index), "words and spellings": by_both(index)}
    paces: dict[str, float] = {}
    for folder in given.model:
        vectors, asked, pace = await embedded(folder, [p.text for p in found], [each.question for each in every])
        name, of_model = Path(folder).name, Index(found, vectors)
        ways |= {f"{name} alone": by_vectors(of_model, asked), f"words and {name}": by_both(of_model, asked)}
        paces[name] = round(pace, 1)
    results = {
        way: {
            kind: measured(rank, asked)
            for kind, asked in (("all", asked_rightly), *QUESTIONS.items(), ("a slip", slips))
        }
        for way, rank in ways.items()
    }
    _tell(results, paces)
    if given.show:
        _show(ways, asked_rightly)
    told = {"passages": len(found), "questions": len(asked_rightly), "ways": results, "texts_a_second": paces}
    save(given.json, told)


def slipped(asked: Asked) -> Asked:
    """The question with two letters in the middle of its longest word in the wrong order."""
    longest = max(asked.question.rstrip("?").split(), key=len)
    at = len(longest) // 2
    slip = longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :]
    return Asked(asked.question.replace(longest, slip), asked.answer)


def _check(found: Sequence[Passage], asked: Sequence[Asked]) -> None:
    for each in asked:
        count = sum(each.answer in passage.text for passage in found)
        if count != 1:
            raise SystemExit(f"{each.answer!r} stands in {count} passages")


def _tell(results: dict[str, dict[str, dict[str, float]]], paces: dict[str, float]) -> None:
    header = ("recall at", *FIRST, "mrr", *QUESTIONS, "a slip")
    lines = [
        (way, *(f"{of['all'][f'recall@{k}']:.2f}" for k in FIRST), f"{of['all']['mrr']:.2f}",
         *(f"{of[kind]['recall@3']:.2f}" for kind in (*QUESTIONS, "a slip")))
        for way, of in results.items()
    ]  # fmt: skip
    print(table(header, lines))
    print(f"{', '.join(QUESTIONS)}, a slip: recall at 3 of such questions")
    for name, pace in paces.items():
        print(f"{name}: {pace:g} passages in a second of one processor")


def _show(ways: dict[str, Ranking], asked: Sequence[Asked]) -> None:
    for each in asked:
        for way, rank in ways.items():
            found = rank(each.question)
            if (place := place_of(found, each.answer)) > 1:
                first = found[0].text[:70].replace("\n", " ") if found else "nothing"
                print(f"{place:>4} {way:<28} {each.question} → {first}")


if __name__ == "__main__":
    asyncio.run(main())
