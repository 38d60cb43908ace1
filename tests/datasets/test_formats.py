"""Forms of a row: what each looks like, what each refuses, and that the way back arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import FORMATS
from generation_functions.errors import ConfigError


def talk(*turns: tuple[str, str]) -> dict:
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


ASK, ANSWER, SYSTEM = ("user", "Q"), ("assistant", "A"), ("system", "S")


@pytest.mark.parametrize(
    ("name", "row", "written"),
    [
        ("messages", talk(SYSTEM, ASK, ANSWER), talk(SYSTEM, ASK, ANSWER)),
        ("messages", {"text": "words", "n": 1}, {"text": "words", "n": 1}),
        (
            "sharegpt",
            talk(SYSTEM, ASK, ANSWER),
            {
                "conversations": [
                    {"from": "system", "value": "S"}, {"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"},
                ]
            },
        ),
        (
            "alpaca",
            talk(SYSTEM, ("user", "Q1"), ("assistant", "A1"), ASK, ANSWER),
            {"instruction": "Q", "input": "", "output": "A", "system": "S", "history": [["Q1", "A1"]]},
        ),
        (
            "alpaca",
            {"prompt": "Q", "completion": "A"},
            {"instruction": "Q", "input": "", "output": "A", "system": "", "history": []},
        ),
        ("completion", {"text": "words"}, {"text": "words"}),
        ("completion", talk(ASK, ANSWER), {"prompt": "Q", "completion": "A"}),
        ("completion", talk(SYSTEM, ASK, ANSWER), {"prompt": "S\n\nQ", "completion": "A"}),
        (
            "completion",
            talk(("user", "Q1"), ("assistant", "A1"), ASK, ANSWER),
            {"prompt": "User: Q1\n\nAssistant: A1\n\nUser: Q\n\nAssistant: ", "completion": "A"},
        ),
        ("sharegpt", {**talk(ASK), "id": 7}, {"conversations": [{"from": "human", "value": "Q"}], "id": 7}),
    ],
)  # fmt: skip
def test_a_row_in_each_form(name: str, row: dict, written: dict) -> None:
    assert FORMATS[name].write(row) == written


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("sharegpt", {"text": "words"}, r"no `messages` \(its fields: `text`\)"),
        ("alpaca", {}, "its fields: none"),
        ("messages", {"messages": []}, "no conversation"),
        ("messages", {"messages": ["hello"]}, "message 1 has no role: 'hello'"),
        ("messages", {"messages": [{"content": "x"}]}, "message 1 has no role"),
        ("sharegpt", talk(("wizard", "x")), "message 1 has the role 'wizard'"),
        ("sharegpt", {"messages": [{"role": "user", "content": None}]}, "has no text: its content is NoneType"),
        ("alpaca", talk(ASK), "do not take turns"),
        ("alpaca", talk(ANSWER, ASK), "do not take turns"),
        ("alpaca", talk(SYSTEM), "do not take turns"),
        ("completion", talk(ANSWER, ASK), "the last turn is not an assistant's answer"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_a_reason(name: str, row: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        FORMATS[name].write(row)


@pytest.mark.parametrize(
    ("name", "row"),
    [("sharegpt", {"conversations": [{"from": "robot", "value": ""}]}), ("sharegpt", {}), ("alpaca", {"output": "A"})],
)
def test_the_way_back_refuses_what_is_not_its_form(name: str, row: dict) -> None:
    with pytest.raises(ConfigError):
        FORMATS[name].read(row)


def test_alpacas_input_follows_its_instruction() -> None:
    row = {"instruction": "Translate.", "input": "Haus", "output": "house"}
    assert FORMATS["alpaca"].read(row) == talk(("user", "Translate.\n\nHaus"), ("assistant", "house"))


def test_every_form_says_what_it_is_and_what_it_loses() -> None:
    assert list(FORMATS) == ["messages", "sharegpt", "alpaca", "completion"]
    assert all(name == form.name and form.description and form.loses for name, form in FORMATS.items())


text = st.text(max_size=30)
ink = st.text(min_size=1, max_size=30)
extra = st.dictionaries(st.sampled_from(["id", "source", "score"]), st.integers() | text, max_size=2)
pairs = st.lists(st.tuples(ink, text), min_size=1, max_size=4)


def conversation(system: str | None, turns: list[tuple[str, str]], rest: dict) -> dict:
    begin = [("system", system)] if system else []
    return {**talk(*begin, *(turn for ask, say in turns for turn in (("user", ask), ("assistant", say)))), **rest}


ORDERLY = st.builds(conversation, st.none() | ink, pairs, extra)
ANY = st.builds(
    lambda turns, rest: {**talk(*turns), **rest},
    st.lists(st.tuples(st.sampled_from(["system", "user", "assistant", "tool"]), text), min_size=1, max_size=6),
    extra,
)


@given(ANY)
def test_sharegpt_and_messages_lose_nothing(row: dict) -> None:
    for name in ("sharegpt", "messages"):
        assert FORMATS[name].read(FORMATS[name].write(row)) == row


@given(ORDERLY)
def test_alpaca_loses_nothing_of_an_orderly_conversation(row: dict) -> None:
    assert FORMATS["alpaca"].read(FORMATS["alpaca"].write(row)) == row


@given(st.builds(conversation, st.none(), st.lists(st.tuples(ink, text), min_size=1, max_size=1), extra))
def test_completion_loses_nothing_of_a_single_turn(row: dict) -> None:
    assert FORMATS["completion"].read(FORMATS["completion"].write(row)) == row
