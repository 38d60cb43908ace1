"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read.

They are those of `factual_generation_individual`. Of two files for one step, the one that names no source is taken:
this pipeline's questions name none.
"""

from __future__ import annotations

import re

from generation.core_components.answers_elsewhere import after, starred_pairs
from generation_functions.errors import ParseError
from generation_functions.parsing import labelled, verdict
from generation_functions.stand_ins import StandIn

_CHUNK = {"text": "text", "metadata": "source"}
_PAIR = {**_CHUNK, "question": "question", "answer": "answer"}
_OURS = "Verdict:"

_suitable = verdict(yes="suitable", no="unsuitable|not suited|table of contents")
_relevant = verdict(
    yes="relevant",
    no="irrelevant|mostly relevant|partially relevant|introduces information not present in the text",
)
_accurate = verdict(yes="accurate", no="inaccurate|mostly accurate|partially accurate|irrelevant")

_pair = labelled("Question", "Answer", many=False)
_JUDGED = re.compile(r"Final judge?ment[*_\s]*:[\s*_\"'#]*(pass|reword|fail)", re.IGNORECASE)


def mended_pair(completion: str) -> dict[str, str]:
    """What stands after the last "Final judgment:", and for `reword` the pair below it. Raises `ParseError`."""
    judged = list(_JUDGED.finditer(completion))
    if not judged:
        raise ParseError('Expected "Final judgment:" with "pass", "reword" or "fail", found none.')
    judgement = judged[-1][1].lower()
    pair = _pair.records(completion[judged[-1].end() :])[-1] if judgement == "reword" else {}
    return {"repair": judgement, **pair}


keep_suitable = tuple(StandIn(f"judge_paragraph_{which}", _CHUNK, _suitable) for which in ("no_filenames", "filenames"))
ask_questions = (
    *(StandIn(f"qatuples_gen_{which}", _CHUNK, starred_pairs) for which in ("no_filenames", "filenames")),
    StandIn("multi_turn_assistant_conversation", unused="no step words conversations anew: its pairs are its turns"),
)
check_question = (StandIn("check_question", _PAIR, after("Final Judgment", _relevant), unless=_OURS),)
check_relevance = (StandIn("check_answer_relevancy_with_text", _PAIR, after("Explanation of Judgment", _relevant)),)
check_answer = (StandIn("check_answer", _PAIR, after("Overall Accuracy Determination", _accurate), unless=_OURS),)
repair = tuple(StandIn(f"check_qatuple_context_{which}", _PAIR, mended_pair) for which in ("no_filenames", "filenames"))
