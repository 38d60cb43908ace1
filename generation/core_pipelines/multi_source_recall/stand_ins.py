"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read.

There, one prompt asks and answers. A row whose question comes from such a file has its answer already, and is not asked
for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.core_components.answers_elsewhere import after, starred_pairs, thoughts_and_answer
from generation.core_pipelines.multi_source_recall.ways import Way
from generation_functions.parsing import verdict
from generation_functions.stand_ins import StandIn

_FOLDERS: Mapping[Way, str] = {
    "open": "openended",
    "comparison": "comparison",
    "follow_up": "followup",
    "vague": "vague",
    "negative": "negative",
    "hallucination": "hallucination",
}
_NAMES = {"text": "text", "metadata": "source", "rag_context": "rag_context"}
_ELSEWHERE = {
    "multi_turn_assistant_conversation": "no step words conversations anew: its pairs are its turns",
    "judge_paragraph_filenames": "no step sorts chunks out beforehand",
    "check_question": "no step checks questions by themselves: check_answer checks both",
    "check_answer_relevancy_with_text": "no step checks answers twice: check_answer does",
    "check_qatuple_context_filenames": "no step rewords pairs: answers name their sources",
    "qatuples_gen_no_filenames": "its questions are about one source: factual-qa asks it",
}
_accurate = verdict(yes="accurate", no="inaccurate|mostly accurate|partially accurate|irrelevant")


def answered_question(completion: str) -> dict[str, Any]:
    """The last pair as `question`, `thoughts` and `answer`; the pairs `before` it as the turns that lead to it.

    Raises `ParseError`.
    """
    pairs = starred_pairs(completion)
    before = [{**pair, "answer": thoughts_and_answer(pair["answer"])["answer"]} for pair in pairs[:-1]]
    return {"question": pairs[-1]["question"], "before": before, **thoughts_and_answer(pairs[-1]["answer"])}


def with_related(row: Mapping[str, Any]) -> dict[str, str]:
    """The related passages, each with its source, as `rag_context` there shows them."""
    related = enumerate(row["passages"][1:], start=1)
    shown = (f'Related Text {n}, from source {each["source"]}:\n"""\n{each["text"]}\n"""' for n, each in related)
    return {"rag_context": "\n-----------\n".join(shown)}


def _asking(file: str, way: Way) -> StandIn:
    return StandIn(file, _NAMES, answered_question, prompt=f"ask/{way}", prepare=with_related)


ask = (
    *(_asking(f"{folder}/qatuples_gen_filenames", way) for way, folder in _FOLDERS.items()),
    *(_asking("qatuples_gen_filenames", way) for way in _FOLDERS),
    *(
        StandIn(f"{folder}{file}", prompt="ask/open", unused=why)
        for folder in ("", *(f"{folder}/" for folder in _FOLDERS.values()))
        for file, why in _ELSEWHERE.items()
    ),
    *(
        StandIn(f"{folder}/check_answer", prompt="ask/open", unused="one prompt checks the answers of all ways")
        for folder in _FOLDERS.values()
    ),
)
check_answer = (
    StandIn(
        "check_answer",
        {"text": "passages", "question": "question", "answer": "answer", "metadata": "source"},
        after("Overall Accuracy Determination", _accurate),
        unless="{passages}",
    ),
)
