"""The offline writer's work grows with the text and no faster: the longest chunk of the worst text is soon read.

All texts are read in a process of their own, which ends itself and shows where it was if one of them takes 20 seconds.
That is a hundred times what linear work takes, and little for a pattern that tries again from every character.
"""

from __future__ import annotations

import faulthandler
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generation.core_components.offline_writer.questions import question_answer_pairs
from generation.core_components.offline_writer.sentences import squeezed
from generation.core_pipelines.factual_qa import offline_rules

SECONDS = 20
CHARACTERS = 50_000
REPEATED = (
    "a", "abcdefghij" * 400 + " ", "A. ", "Mr. ", "It is. ", "the big and the small and ",
    "Isaac Newton van Ada ", "tea, ", " ", "\t", " \n", "\n", "\r\n", "- ", "- \n", "# ", "```\n", "| a ", "(",
    '"', "“", "-", ".", ". ", "…", "… ", "Tea .... ", "1", "1,", "1 ", "1.1 ", "in the ", "was built by ",
    "between 1800 and ", "is because ", "in 1850 ", "according to the ", "Press ", "all rights reserved ", "蜜",
    "蜜。", "der Kanal und ", "wurde im Jahr 1850 ", "le canal est en 1850 ", "fue en 1850 ",
)  # fmt: skip
AROUND = (("", ""), ("The tower was built by ", " in 1850 x!"))
PLAIN_WORDS = """
The A Der Le El Isaac is was were has built wurde baute fue est in 1850 about 12 by of and because weil und , ; II.
years long lang years- 1,2 AD the der
"""
LONG_WORDS = ["a" * 3000, "A" * 3000, "1" * 3000, "1,." * 900, "-" * 3000, "é" * 3000]
WORDS = [*PLAIN_WORDS.split(), *LONG_WORDS]
RULES = (
    offline_rules.keep_suitable,
    offline_rules.ask_questions,
    offline_rules.repair,
    offline_rules.check_question,
    offline_rules.check_relevance,
    offline_rules.check_answer,
)


def texts() -> Iterator[str]:
    """Longest chunks: one thing over and over, sentences of odd and very long words, and prose that never repeats."""
    for unit in REPEATED:
        yield from (before + unit * (CHARACTERS // len(unit)) + after for before, after in AROUND)
    rng = Random(0)
    for most in (8, 44):
        sentences = [" ".join(["The", *rng.choices(WORDS, k=rng.randint(6, most))]) + "." for _ in range(300)]
        yield " ".join(sentences)[: 4 * CHARACTERS]
    for sentence in (
        "Tower {0} was built in Town{0} in 1889 because king {0} wished it.",
        "Turm {0} wurde 1889 gebaut.",
    ):
        yield " ".join(sentence.format(n) for n in range(CHARACTERS // 60))


def read_all() -> None:
    """What the process does: every rule reads every text."""
    for text in texts():
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        values = {"text": text, "question": f"When was {text}?", "answer": text, "most": 20}
        for rule in RULES:
            rule(values, Random(0))


def test_no_text_is_too_much() -> None:
    root = Path(__file__).parents[2]
    code = "from tests.factual_qa.test_hostile_text import read_all; read_all()"
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]


@given(st.lists(st.sampled_from([*REPEATED, *WORDS]), max_size=40).map(" ".join))
def test_odd_text_gives_pairs_that_stand_in_it_or_none(text: str) -> None:
    assert all(pair.answer in squeezed(text) for pair in question_answer_pairs(text, Random(0)))
