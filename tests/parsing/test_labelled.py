"""Labelled fields and question-and-answer pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import ParseError
from generation_functions.parsing import labelled, question_answer_pairs

PAIR = [{"question": "What is it?", "answer": "It is tea."}]
VALUE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(lambda s: s.strip("*_-=`:：.…"))


@pytest.mark.parametrize(
    "completion",
    [
        "Question: What is it?\nAnswer: It is tea.",
        "**QUESTION 1:** What is it?\n**ANSWER 1:** It is tea.",
        "**Question 1**: What is it?\n\n**Answer 1**: It is tea.\n\n---",
        "1. Question: What is it?\n   Answer: It is tea.",
        "### Question 1\nWhat is it?\n### Answer 1\nIt is tea.",
        "Some thoughts first.\n\n> Question (1): What is it?\n> Answer (1): It is tea.",
        "```\nquestion #1: What is it?\nanswer #1: It is tea.\n```",
        "- **Question：** What is it?\n- **Answer：** It is tea.",
    ],
)
def test_labels_in_every_dress(completion: str) -> None:
    assert labelled("Question", "Answer")(completion) == PAIR


def test_fields_run_over_lines_until_the_next_label() -> None:
    found = labelled("Source text", "Note")("Source text: one\ntwo\n\nthree\nNote: a: b\nSource text: x\nNote: y")
    assert found == [{"source_text": "one\ntwo\n\nthree", "note": "a: b"}, {"source_text": "x", "note": "y"}]


def test_other_names_for_a_label_share_its_key() -> None:
    assert labelled("Question|Frage", "Answer|Antwort")("Frage: wer?\nAntwort: ich") == [
        {"question": "wer?", "answer": "ich"}
    ]


def test_one_record_may_be_the_value() -> None:
    parse = labelled("Verdict", "Reason", many=False, optional=("Reason",))
    assert parse("Verdict: keep") == {"verdict": "keep"}
    with pytest.raises(ParseError, match="once, found 2 times"):
        parse("Verdict: keep\nVerdict: drop")


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        ("nothing", 'Expected lines that begin with "Question:" and "Answer:", found none.'),
        ("Question: a?", '"Answer:" is missing.'),
        ("Question: a?\nAnswer: b\nQuestion: c?", '"Answer:" is missing in number 2.'),
        ("Question: a?\nAnswer:\n", '"Answer:" is empty.'),
        ("Question: a?\nAnswer: ...", '"Answer:" is empty.'),
    ],
)
def test_what_is_missing_is_said(completion: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        labelled("Question", "Answer")(completion)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "completion",
    [
        "```\nQuestion: a?\nAnswer: b\n```",
        "Here:\n```text\nQuestion: a?\nAnswer: b\n```\n\nThat was all of it.",
        "Question: a?\nAnswer: b\n\nLet me know if you need more!",
        "Question: a?\nAnswer: b\n\n---\n\nI hope this helps!",
        "Question: a?\nAnswer: b\n\nIf you would like more questions, just ask.",
        "Frage: a?\nAntwort: b\n\nLassen Sie mich wissen, ob es mehr sein sollen.",
    ],
)
def test_what_stands_around_pairs_belongs_to_none(completion: str) -> None:
    assert question_answer_pairs(completion) == [{"question": "a?", "answer": "b"}]


def test_what_somebody_says_keeps_its_last_remark() -> None:
    said = "Answer: It rains.\n\nWould you like me to book a taxi?"
    assert labelled("Answer", many=False)(said) == {"answer": "It rains."}
    assert labelled("Answer", many=False, speech=True)(said) == {
        "answer": "It rains.\n\nWould you like me to book a taxi?"
    }


@pytest.mark.parametrize(
    "answer",
    [
        "One part.\n\nAnother part.",
        "If you let me know the day, I can look it up.",
        "It helps.\n\nIf you have a fever, drink water.",
        "Run it:\n```python\nx = 1\n```",
    ],
)
def test_an_answer_of_several_parts_is_kept_whole(answer: str) -> None:
    assert question_answer_pairs(f"Question: a?\nAnswer: {answer}") == [{"question": "a?", "answer": answer}]


@given(st.lists(st.tuples(VALUE, VALUE), min_size=1))
def test_rendered_records_parse_back(records: list[tuple[str, str]]) -> None:
    rendered = "\n\n".join(f"Front {n}: {a}\nBack {n}: {b}" for n, (a, b) in enumerate(records, 1))
    assert labelled("Front", "Back")(rendered) == [{"front": a, "back": b} for a, b in records]


@pytest.mark.parametrize(
    "completion",
    [
        "Q: What is it?\nA: It is tea.",
        "Q1: What is it?\nA1: It is tea.",
        "1. What is it?\n   It is tea.",
        "1. **What is it?**\n   - It is tea.",
        "1. What is it? It is tea.",
        '[{"question": "What is it?", "answer": "It is tea."}]',
        '```json\n{"pairs": [{"Question": "What is it?", "Answer": "It is tea."},]}\n```',
        '{"q": "What is it?", "a": "It is tea."}',
    ],
)
def test_pairs_in_the_layouts_models_use(completion: str) -> None:
    assert question_answer_pairs(completion) == PAIR


@pytest.mark.parametrize(
    ("completion", "question"),
    [
        ("Frage 1: Was ist das?\nAntwort 1: Tee.", "Was ist das?"),
        ("Question 1 : Qu'est-ce que c'est ?\nRéponse 1 : Du thé.", "Qu'est-ce que c'est ?"),
        ("**Pregunta:** ¿Qué es?\n**Respuesta:** Té.", "¿Qué es?"),
        ("问题1：这是什么？\n答案1：茶。", "这是什么？"),
        ("Вопрос: Что это?\nОтвет: Чай.", "Что это?"),
    ],
)
def test_pairs_in_other_languages(completion: str, question: str) -> None:
    assert question_answer_pairs(completion)[0]["question"] == question


@pytest.mark.parametrize(
    "completion", ["", "I cannot do that.", "1. one\n2. two", '{"question": "x?"}', "Question: x?"]
)
def test_no_pairs_is_a_parse_error(completion: str) -> None:
    with pytest.raises(ParseError):
        question_answer_pairs(completion)
