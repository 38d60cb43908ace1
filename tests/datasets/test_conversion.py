"""From format to format: every way there is, what it loses, what it leaves out, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.datasets import FORMATS, Conversion, can_convert, convert, format_of
from generation_functions.errors import ConfigError
from tests.datasets.samples import ANSWER, ASK, FAMILY_ROWS, ROWS, SYSTEM, TREE_ROW, Row, messages, talk

PAIRS = [(one, other) for one in FORMATS for other in FORMATS if can_convert(FORMATS[one], FORMATS[other])]
CHAT = {"messages", "sharegpt", "alpaca", "completion", "completion-chat"}


def test_which_formats_can_be_made_of_which() -> None:
    reachable = {name: {other for one, other in PAIRS if one == name} for name in FORMATS}
    texts = {"text", "segments", "completion"}
    for name in CHAT:
        assert reachable[name] == CHAT | texts | {"oasst"}
    assert reachable["text"] == reachable["segments"] == texts
    assert reachable["classification"] == texts | {"classification"}
    for name in ("kto", "kto-chat"):
        assert reachable[name] == CHAT | texts | {"oasst", "kto", "kto-chat"}
    for name in ("dpo", "dpo-chat", "oasst"):
        assert reachable[name] == set(FORMATS) - {"classification"}


@given(data=st.data(), pair=st.sampled_from(PAIRS))
def test_every_format_becomes_every_other_it_can_and_comes_back_but_for_what_is_told(
    data: st.DataObject, pair: tuple[str, str]
) -> None:
    source, target = FORMATS[pair[0]], FORMATS[pair[1]]
    try:
        row = source.spell(data.draw(FAMILY_ROWS[source.family])).fields
        there = convert(row, source, target)
    except ConfigError:
        return
    assert bool(there.rows) != bool(there.left_out)
    for made in there.rows:
        target.read(made)
    if there.lost or len(there.rows) != 1 or not can_convert(target, source):
        return
    back = convert(there.rows[0], target, source)
    if not back.lost and not (pair[0] == "alpaca" and row.get("input")):
        assert back.rows == (row,)


@given(data=st.data(), pair=st.sampled_from(PAIRS))
def test_an_orderly_row_has_a_form_wherever_there_is_a_way(data: st.DataObject, pair: tuple[str, str]) -> None:
    row = ROWS[pair[0]]
    made = convert({**row, "metadata": {"source": data.draw(st.text(max_size=5))}}, *(FORMATS[name] for name in pair))
    for each in made.rows:
        assert format_of(each) is FORMATS[pair[1]] or (pair[1], "text") == ("completion", format_of(each).name)
        assert each["metadata"]["source"] is not None
    assert made.rows or pair[0] == "kto-chat"


@pytest.mark.parametrize(
    ("one", "other", "rows", "lost"),
    [
        ("dpo", "messages", [talk(ASK, ANSWER)], ["the rejected answer"]),
        (
            "dpo",
            "kto",
            [{"prompt": "Q", "completion": "A", "label": True}, {"prompt": "Q", "completion": "B", "label": False}],
            ["which two answers were a pair"],
        ),
        ("kto", "completion", [{"prompt": "Q", "completion": "A"}], ["the label"]),
        ("classification", "text", [{"text": "words"}], ["the label"]),
        ("segments", "text", [{"text": "read learn"}], ["which segments are trained on", "where a segment ends"]),
        ("text", "segments", [{"segments": [{"text": "words", "label": True}]}], []),
        (
            "messages",
            "segments",
            [
                {
                    "segments": [
                        {"text": "System: ", "label": False}, {"text": "S\n\n", "label": False},
                        {"text": "User: ", "label": False}, {"text": "Q\n\n", "label": False},
                        {"text": "Assistant: ", "label": False}, {"text": "A\n\n", "label": True},
                    ]
                }
            ],
            ["where a turn ends and whose it is"],
        ),
        ("messages", "text", [{"text": "System: S\n\nUser: Q\n\nAssistant: A"}], ["where a turn ends and whose it is"]),
        (
            "messages",
            "oasst",
            [
                {
                    "prompt": {
                        "role": "prompter", "text": "Q",
                        "replies": [{"role": "assistant", "text": "A", "replies": []}],
                    },
                    "system": "S",
                }
            ],
            [],
        ),
    ],
)  # fmt: skip
def test_what_becomes_of_a_row_and_what_it_loses(one: str, other: str, rows: list[Row], lost: list[str]) -> None:
    made = convert(ROWS[one], FORMATS[one], FORMATS[other])
    assert list(made.rows) == rows
    assert list(made.lost) == lost


def test_a_tree_has_a_conversation_for_each_branch_and_a_pair_for_each_worse_answer() -> None:
    found = convert(TREE_ROW, FORMATS["oasst"], FORMATS["messages"])
    good, bad = ("assistant", "good"), ("assistant", "bad")
    talks = [talk(ASK, good, ("user", "more"), ("assistant", "M")), talk(ASK, bad)]
    assert list(found.rows) == [{**each, "message_tree_id": "t1"} for each in talks]
    assert found.lost == ("the field `rank` of a tree's messages", "which branches had the same beginning")
    pair = convert(TREE_ROW, FORMATS["oasst"], FORMATS["dpo"])
    assert list(pair.rows) == [{"prompt": "Q", "chosen": "good", "rejected": "bad", "message_tree_id": "t1"}]


def test_prompts_that_nobody_answered_are_told() -> None:
    lonely = {"prompt": {"role": "prompter", "text": "Q", "replies": []}}
    assert convert(lonely, FORMATS["oasst"], FORMATS["messages"]).left_out == "nobody answered the tree's prompt"
    open_end = {"prompt": {**lonely["prompt"], "replies": [{"role": "assistant", "text": "A", "replies": [
        {"role": "prompter", "text": "and?", "replies": []}]}]}}  # fmt: skip
    found = convert(open_end, FORMATS["oasst"], FORMATS["messages"])
    assert list(found.rows) == [talk(ASK, ANSWER)]
    assert found.lost == ("prompts that nobody answered",)


@pytest.mark.parametrize(("mark", "trained"), [({}, True), ({"train": False}, False), ({"weight": 0}, False)])
def test_turns_that_are_not_trained_on_stay_so_in_segments(mark: Row, trained: bool) -> None:
    turns = [*messages(ASK), {"role": "assistant", "content": "A", **mark}]
    found = convert({"messages": turns}, FORMATS["messages"], FORMATS["segments"])
    assert found.rows[0]["segments"][-1]["label"] is trained


def test_where_there_is_no_way_it_is_told_with_what_there_is() -> None:
    with pytest.raises(ConfigError, match="rows of the format text have no form in dpo"):
        convert(ROWS["text"], FORMATS["text"], FORMATS["dpo"])


def test_a_tally_tells_in_how_many_rows_what_was_lost() -> None:
    conversion = Conversion(FORMATS["alpaca"], skip=True)
    named = {"messages": [{**messages(ASK)[0], "name": "Ada"}, *messages(ANSWER)]}
    for row in (named, named, talk(ASK, ANSWER), talk(ASK), ROWS["kto-chat"]):
        conversion.rows_of(row)
    assert conversion.notes() == [
        "2 of 5 rows lost the message field `name`",
        "1 of 5 rows left out: its answer is labelled false",
        "1 of 5 rows left out: the row does not fit the format `alpaca`: user and assistant do not take turns, the"
        " assistant last",
    ]


def test_rows_of_a_run_stay_as_they_are_when_written_as_messages() -> None:
    conversion = Conversion(FORMATS["messages"])
    for row in (ROWS["dpo"], {"verse": 3}, talk(SYSTEM, ASK)):
        assert conversion.rows_of(row) == (row,)
    assert conversion.notes() == []
