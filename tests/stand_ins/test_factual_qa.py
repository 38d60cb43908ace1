"""factual-qa with a folder of prompts made for Augmentoolkit 3."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.project import Project
from tests.stand_ins.folder import Answers, Theirs, answered, called, texts_of

FILES = {
    "judge_paragraph_no_filenames": 'Text:\n"""\n{text}\n"""\nIs it suitable?',
    "qatuples_gen_no_filenames": "Text details: {metadata}\nText to make questions from:\n{text}",
    "check_question": "Text: {text}\nQuestion: {question}\nCan it be answered?",
    "check_answer_relevancy_with_text": "Text: {text}\nQuestion: {question}\nAnswer: {answer}\nIs it relevant?",
    "check_answer": "Text: {text}\nQuestion: {question}\nAnswer: {answer}\nIs it accurate?",
    "check_qatuple_context_no_filenames": "Question: {question}\nAnswer: {answer}\nDoes it stand alone?",
}


def number(said: str) -> int:
    found = re.search(r"lighthouse(?: numbered)? (\d+)", said)
    assert found is not None, said
    return int(found.group(1))


def pairs(said: str) -> str:
    n = number(said)
    return (
        f"**QUESTION:**\nWhat is {n}, according to the text?\n\n**ANSWER:**\nThe lighthouse {n}:\n\n* tall\n* white\n\n"
        f"**QUESTION 2:**\nHow many ships passed lighthouse {n}?\n\n**ANSWER:**\nNobody counted at lighthouse {n}."
    )


def judged(said: str) -> str:
    verdict = "Unsuitable, being a table of contents" if number(said) == 1 else "Suitable for educational questions"
    return (
        f"## Reasoning and thought process:\nStep 1. It is not unsuitable as such.\nStep 2. Final Judgment: {verdict}."
    )


def accurate(said: str) -> str:
    verdict = "Inaccurate" if "Nobody counted" in said else "Accurate"
    return (
        "### Final Judgment:\n#### Comprehensive Assessment: Partly inaccurate, one might think.\n"
        f"#### Overall Accuracy Determination: The answer is: {verdict}."
    )


def repaired(said: str) -> str:
    n = number(said)
    return (
        "### Critical Evaluation and Final Judgment:\n#### Evaluation: It should be reworded, or fail.\n"
        "#### Final judgment: REWORD.\n\n### Reworded Question and Answer:\n"
        f"Question:\nWhat is {n}?\nAnswer:\n{n} is a lighthouse.\n\n* tall\n* white"
    )


ANSWERS: Answers = {
    "judge_paragraph_no_filenames": judged,
    "qatuples_gen_no_filenames": pairs,
    "check_question": "### Step 1: is it irrelevant?\n### Final Judgment:\nThe question is: Relevant.",
    "check_answer_relevancy_with_text": "#### Explanation of Judgment: All of it is there, so the answer is Relevant.",
    "check_answer": accurate,
    "check_qatuple_context_no_filenames": repaired,
}


SKIPPED = "qatuples_gen_filenames"


def theirs(folder: Path, files: Mapping[str, str] = FILES) -> Theirs:
    project = Project(folder, base_url="")
    project.write_documents(1, 4)
    return Theirs(project, files, ANSWERS)


@pytest.mark.parametrize("mode", ["chat", "completion"])
async def test_the_folder_is_used_as_it_is_and_a_second_run_pays_for_nothing(tmp_path: Path, mode: str) -> None:
    made = theirs(tmp_path)
    made.write(plain=mode == "completion")
    async with answered(made) as config:
        config(mode=mode)
        status, said = await called(made.project, "run")
        assert status == 0, said
        first = dict(made.asked)
        conversations = [texts_of(row) for row in made.rows("factual_qa")]
        config(mode=mode, turns=2)
        status, said = await called(made.project, "run")
    assert sorted(first) == sorted(FILES)
    assert first["judge_paragraph_no_filenames"] == 4
    assert conversations == [[f"What is {n}?", f"{n} is a lighthouse.\n\n* tall\n* white"] for n in (0, 2, 3)]
    assert (status, made.asked) == (0, first), said
    assert "Text details: document0000.txt" in made.last["qatuples_gen_no_filenames"]


async def test_a_changed_file_is_asked_again_and_no_other(tmp_path: Path) -> None:
    made = theirs(tmp_path)
    made.write()
    async with answered(made) as config:
        config()
        await called(made.project, "run")
        first = dict(made.asked)
        made.files = {**FILES, "check_answer": FILES["check_answer"] + " Think twice."}
        made.write()
        status, said = await called(made.project, "run")
    assert status == 0, said
    assert made.asked - Counter(first) == Counter(check_answer=first["check_answer"])


async def test_validate_and_run_say_what_is_used_for_what(tmp_path: Path) -> None:
    made = theirs(
        tmp_path, {**FILES, SKIPPED: "{text}", "multi_turn_assistant_conversation": "{text}", "poem": "{text}"}
    )
    made.write()
    async with answered(made) as config:
        config()
        (status, told), (_, ran) = await called(made.project, "validate"), await called(made.project, "run")
    assert status == 0, told
    for line in (
        "judge_paragraph_no_filenames stands in for keep_suitable",
        "qatuples_gen_no_filenames stands in for ask_questions; it has no place for {most}, {language}",
        "check_question stands in for check_question",
        "check_qatuple_context_no_filenames stands in for repair",
        "qatuples_gen_filenames of the folder is not used: qatuples_gen_no_filenames is there too",
        "multi_turn_assistant_conversation of the folder is not used: no step words conversations anew",
        "no step reads poem of the folder",
    ):
        for said in (told, ran):
            assert line in said.replace(str(made.folder), "the folder"), said


async def test_ours_wins_beside_theirs(tmp_path: Path) -> None:
    made = theirs(tmp_path)
    made.write()
    own = "- role: user\n  content: 'These are the instructions of ours. Text: {text}, from {title}.'\n"
    (made.folder / "ask_questions.yaml").write_text(own)
    made.answers = {
        **ANSWERS,
        "instructions of ours": "Question 1: What is lighthouse 7?\nAnswer 1: A lighthouse 7 is a lighthouse.",
    }
    async with answered(made) as config:
        config()
        _, told = await called(made.project, "validate")
        status, said = await called(made.project, "run")
    assert status == 0, said
    assert "qatuples_gen_no_filenames of" in told
    assert (made.asked["instructions of ours"], made.asked["qatuples_gen_no_filenames"]) == (3, 0)


async def test_one_of_ours_is_known_by_its_verdict(tmp_path: Path) -> None:
    asks = "These are the instructions of check_question. {text} {question}\nVerdict: answerable"
    made = theirs(tmp_path, {"check_question": asks})
    made.write()
    async with answered(made) as config:
        config()
        status, told = await called(made.project, "validate")
    assert (status, "stands in" in told) == (0, False), told


async def test_the_offline_writer_works_with_it(tmp_path: Path) -> None:
    made = theirs(tmp_path)
    made.write()
    async with answered(made) as config:
        config(provider="offline")
        status, said = await called(made.project, "run")
    assert (status, made.asked) == (0, {}), said
    assert len(made.rows("factual_qa")) >= 4
