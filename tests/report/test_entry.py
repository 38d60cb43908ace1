"""Rows of every form, read as who says what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report.entry import entry_of

ASKED = [("user", "Q"), ("assistant", "A")]


@pytest.mark.parametrize(
    ("fields", "turns"),
    [
        ({"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}, ASKED),
        ({"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]}, ASKED),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "Q"}, {"type": "image_url"}]}]},
            ASKED[:1],
        ),
        ({"messages": [{"role": "assistant", "content": None, "tool_calls": []}]}, [("assistant", "")]),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"function": {"name": "add", "arguments": '{"a":1}'}},
                            {"function": {"name": "ring"}},
                            "odd",
                        ],
                    }
                ]
            },
            [("assistant", 'add({"a":1})\nring()')],
        ),
        ({"instruction": "Q", "input": "", "output": "A"}, ASKED),
        ({"instruction": "Q", "input": "I", "output": "A"}, [("user", "Q\n\nI"), ("assistant", "A")]),
        (
            {"instruction": "Q", "output": "A", "system": "S", "history": [["q", "a"]]},
            [("system", "S"), ("user", "q"), ("assistant", "a"), *ASKED],
        ),
        ({"prompt": "Q", "completion": "A"}, ASKED),
        ({"prompt": "Q", "chosen": "A", "rejected": "B"}, [("user", "Q"), ("chosen", "A"), ("rejected", "B")]),
        (
            {"prompt": [{"role": "user", "content": "Q"}], "chosen": [{"role": "assistant", "content": "A"}]},
            [("user", "Q"), ("chosen", "A")],
        ),
        ({"question": "Q", "answer": "A", "source": "x.txt"}, ASKED),
        ({"text": "T", "id": "7"}, [("text", "T")]),
        ({"segments": [{"label": False, "text": "Q "}, {"label": True, "text": "A"}]}, [("text", "Q A")]),
        (
            {
                "prompt": {
                    "role": "prompter",
                    "text": "Q",
                    "replies": [{"role": "assistant", "text": "A"}, {"text": "B"}],
                }
            },
            [*ASKED, ("?", "B")],
        ),
        ({"poem": "P", "lines": 3}, [("poem", "P")]),
        ({}, []),
    ],
)
def test_turns(fields: dict[str, Any], turns: list[tuple[str, str]]) -> None:
    assert [(turn.role, turn.text) for turn in entry_of(fields, 0).turns] == turns


@pytest.mark.parametrize(
    ("fields", "questions", "answers", "said"),
    [
        ({"prompt": "Q", "chosen": "A", "rejected": "B"}, ["Q"], ["A"], ("q", "a")),
        ({"text": "A whole text"}, [], ["A whole text"], ("a", "whole", "text")),
        ({"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}]}, ["Q"], [], ("q",)),
    ],
)
def test_what_is_asked_and_what_is_learnt(
    fields: dict[str, Any], questions: list[str], answers: list[str], said: tuple[str, ...]
) -> None:
    entry = entry_of(fields, 0)
    assert (entry.questions, entry.answers, entry.said) == (questions, answers, said)


def test_metadata_tells_the_source_the_place_the_language_and_the_writer() -> None:
    about = {"source": "b.txt", "start": 1000, "end": 2000, "language": "de", "writer": "offline", "key": "k"}
    entry = entry_of({"text": "T", "metadata": about}, 3)
    assert (entry.source, entry.language, entry.offline, entry.key, entry.index) == ("b.txt", "de", True, "k", 3)
    assert entry.place == "b.txt, characters 1,000 to 2,000"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["messages", "conversations", "prompt", "completion", "chosen", "rejected", "instruction", "input", "output",
     "history", "system", "segments", "text", "role", "from", "content", "value", "metadata", "source", "language",
     "question", "answer"]
)  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(NAMES, JSON | st.lists(st.dictionaries(NAMES, JSON, max_size=3), max_size=3), max_size=5))
def test_no_row_is_too_odd_to_be_read(fields: dict[str, Any]) -> None:
    entry = entry_of(fields, 0)
    assert entry.tokens >= 0
    assert all(
        isinstance(text, str) for text in (*entry.questions, *entry.answers, entry.text, entry.place, *entry.said)
    )
