"""Forms of a row: what each looks like, what each refuses, how each is recognised, and that the way back arrives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import FAMILIES, FORMATS, common_format, convert, format_named, format_of
from generation_functions.errors import ConfigError
from tests.datasets.samples import ANSWER, ASK, FAMILY_ROWS, ROWS, SYSTEM, Row, messages, talk

IN_PARTS = "that a message's text stands in parts"


def write(name: str, row: Row) -> Row:
    return FORMATS[name].spell(row).fields


@pytest.mark.parametrize(
    ("name", "row", "written"),
    [
        ("messages", talk(SYSTEM, ASK, ANSWER), talk(SYSTEM, ASK, ANSWER)),
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
        ("completion", {"text": "words"}, {"text": "words"}),
        ("completion", talk(ASK, ANSWER), {"prompt": "Q", "completion": "A"}),
        ("completion", talk(SYSTEM, ASK, ANSWER), {"prompt": "S\n\nQ", "completion": "A"}),
        (
            "completion",
            talk(("user", "Q1"), ("assistant", "A1"), ASK, ANSWER),
            {"prompt": "User: Q1\n\nAssistant: A1\n\nUser: Q\n\nAssistant: ", "completion": "A"},
        ),
        ("sharegpt", {**talk(ASK), "id": 7}, {"conversations": [{"from": "human", "value": "Q"}], "id": 7}),
        ("completion-chat", talk(ASK, ANSWER), {"prompt": messages(ASK), "completion": messages(ANSWER)}),
        ("dpo", ROWS["dpo-chat"], ROWS["dpo"]),
        ("kto", {**ROWS["kto-chat"], "label": True}, ROWS["kto"]),
    ],
)  # fmt: skip
def test_a_row_in_each_form(name: str, row: Row, written: Row) -> None:
    assert write(name, row) == written


@pytest.mark.parametrize(
    ("name", "row", "lost"),
    [
        ("sharegpt", [{"role": "user", "content": "Q", "name": "Ada", "weight": 0}], ()),
        ("sharegpt", [{"role": "user", "content": [{"type": "text", "text": "Q"}]}], (IN_PARTS,)),
        ("alpaca", [{"role": "user", "content": "Q", "name": "Ada"}, *messages(ANSWER)], ("the message field `name`",)),
        ("alpaca", messages(("system", ""), ASK, ANSWER), ("an empty system prompt",)),
        ("completion", messages(SYSTEM, ASK, ANSWER), ("where the system prompt ends",)),
        ("completion", messages(ASK, ANSWER, ASK, ANSWER), ("where a turn ends and whose it is",)),
        (
            "completion",
            [{"role": "user", "content": [{"type": "image_url"}]}, {**messages(ANSWER)[0], "train": True}],
            ("message parts of the kind `image_url`", IN_PARTS, "the message field `train`"),
        ),
    ],
)  # fmt: skip
def test_what_a_form_has_no_room_for_is_told(name: str, row: list[Row], lost: tuple[str, ...]) -> None:
    assert FORMATS[name].spell({"messages": row}).lost == lost


def test_a_field_whose_name_the_form_needs_is_told() -> None:
    spelled = FORMATS["alpaca"].spell({**talk(ASK, ANSWER), "input": 3})
    assert spelled.lost == ("the field `input`, whose name the format needs",)
    assert spelled.fields["input"] == ""


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("messages", {"messages": []}, "no list of messages"),
        ("messages", {"text": "words"}, r"no `messages` \(its fields: `text`\)"),
        ("messages", {"messages": ["hello"]}, "message 1 has no role: 'hello'"),
        ("messages", {"messages": [{"content": "x"}]}, "message 1 has no role"),
        ("sharegpt", talk(("wizard", "x")), "message 1 has the role 'wizard'"),
        ("sharegpt", {"messages": [{"role": "user", "content": None}]}, "has no text: its content is NoneType"),
        ("alpaca", talk(ASK), "do not take turns"),
        ("alpaca", talk(ANSWER, ASK), "do not take turns"),
        ("alpaca", talk(SYSTEM), "do not take turns"),
        ("completion", talk(ANSWER, ASK), "the last turn is not an assistant's answer"),
        ("completion-chat", talk(ANSWER), "the last turn is not an assistant's answer"),
        ("dpo", {**ROWS["dpo-chat"], "chosen": messages(ANSWER, ASK)}, "more than one message of the assistant"),
        ("kto", {**ROWS["kto-chat"], "completion": messages(ASK)}, "more than one message of the assistant"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_a_reason(name: str, row: Row, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        write(name, row)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sharegpt", {"conversations": [{"from": "robot", "value": ""}]}),
        ("sharegpt", {"conversations": []}),
        *((name, {}) for name in FORMATS),
        ("completion", {"prompt": "Q"}),
        ("completion-chat", {"prompt": "Q", "completion": "A"}),
        ("segments", {"segments": [{"text": "a", "label": "yes"}]}),
        ("classification", {"text": "a", "label": ["b"]}),
        ("dpo-chat", {"chosen": messages(ASK, ANSWER), "rejected": messages(ASK, ANSWER)}),
        ("dpo-chat", {"chosen": messages(ANSWER), "rejected": messages(("assistant", "B"))}),
        ("kto", {"prompt": "Q", "completion": "A", "label": 1}),
        ("oasst", {"prompt": {"role": "user", "text": "Q"}}),
        ("oasst", {"prompt": {"role": "prompter", "text": "Q", "replies": [{}]}}),
    ],
)
def test_the_way_back_refuses_what_is_not_its_form(name: str, row: Row) -> None:
    with pytest.raises(ConfigError):
        FORMATS[name].read(row)


def test_a_tree_too_deep_is_refused() -> None:
    node: Row = {"role": "assistant", "text": "end", "replies": []}
    for _ in range(300):
        node = {"role": "prompter", "text": "on", "replies": [node]}
    with pytest.raises(ConfigError, match="200 messages deep"):
        FORMATS["oasst"].read({"prompt": node})


def test_alpacas_input_follows_its_instruction() -> None:
    row = {"instruction": "Translate.", "input": "Haus", "output": "house"}
    assert FORMATS["alpaca"].read(row) == talk(("user", "Translate.\n\nHaus"), ("assistant", "house"))


@pytest.mark.parametrize("prompt", [{}, {"prompt": "Q"}], ids=["no prompt", "a text beside it"])
def test_a_pair_of_whole_conversations_begins_with_its_prompt(prompt: Row) -> None:
    one, other = messages(ASK, ANSWER), messages(ASK, ("assistant", "B"))
    assert FORMATS["dpo-chat"].read({**prompt, "chosen": one, "rejected": other}) == ROWS["dpo-chat"]


def test_every_form_says_what_it_is_and_what_it_loses() -> None:
    assert list(FORMATS)[:4] == ["messages", "sharegpt", "alpaca", "completion"]
    assert all(name == form.name and form.description and form.loses for name, form in FORMATS.items())
    assert {form.family for form in FORMATS.values()} == set(FAMILIES)


def test_an_unknown_format_is_told_with_a_guess() -> None:
    with pytest.raises(ConfigError, match="did you mean 'sharegpt'"):
        format_named("sharegtp")


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_of_each_format_is_recognised(name: str) -> None:
    found = format_of({**ROWS[name], "metadata": {"source": "a.txt"}})
    assert found is FORMATS[name]


def test_rows_of_several_formats_have_no_common_one() -> None:
    assert common_format([ROWS["completion"], ROWS["text"]]).name == "completion"
    with pytest.raises(ConfigError, match="row 1 looks like dpo, row 2 looks like kto"):
        common_format([ROWS["dpo"], ROWS["kto"]])
    with pytest.raises(ConfigError, match="row 1 is in no known format"):
        common_format([{"verse": 3}])
    with pytest.raises(ConfigError, match="there are no rows"):
        common_format([])


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_where_no_loss_is_told_the_way_back_gives_what_went_in(name: str, data: st.DataObject) -> None:
    form = FORMATS[name]
    row = data.draw(FAMILY_ROWS[form.family])
    try:
        spelled = form.spell(row)
    except ConfigError:
        return
    if not spelled.lost:
        assert form.read(spelled.fields) == row
    assert convert(spelled.fields, form, form).rows == (spelled.fields,)
