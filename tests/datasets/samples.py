"""Rows of every format, for tests: fixed ones, and strategies that draw any row of a family."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]


def talk(*turns: tuple[str, str]) -> Row:
    return {"messages": messages(*turns)}


def messages(*turns: tuple[str, str]) -> list[Row]:
    return [{"role": role, "content": content} for role, content in turns]


ASK, ANSWER, SYSTEM = ("user", "Q"), ("assistant", "A"), ("system", "S")
TREE_ROW = {
    "message_tree_id": "t1",
    "prompt": {
        "role": "prompter", "text": "Q", "replies": [
            {"role": "assistant", "text": "good", "rank": 0, "replies": [
                {"role": "prompter", "text": "more", "replies": [{"role": "assistant", "text": "M", "replies": []}]},
            ]},
            {"role": "assistant", "text": "bad", "rank": 1, "replies": []},
        ],
    },
}  # fmt: skip
ROWS: dict[str, Row] = {
    "messages": talk(SYSTEM, ASK, ANSWER),
    "sharegpt": {"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]},
    "alpaca": {"instruction": "Q", "input": "", "output": "A", "system": "S", "history": [["Q1", "A1"]]},
    "completion": {"prompt": "Q", "completion": "A"},
    "completion-chat": {"prompt": messages(SYSTEM, ASK), "completion": messages(ANSWER)},
    "text": {"text": "words"},
    "segments": {"segments": [{"text": "read ", "label": False}, {"text": "learn", "label": True}]},
    "classification": {"text": "words", "label": "noun"},
    "dpo": {"prompt": "Q", "chosen": "A", "rejected": "B"},
    "dpo-chat": {"prompt": messages(ASK), "chosen": messages(ANSWER), "rejected": messages(("assistant", "B"))},
    "kto": {"prompt": "Q", "completion": "A", "label": True},
    "kto-chat": {"prompt": messages(ASK), "completion": messages(ANSWER), "label": False},
    "oasst": TREE_ROW,
}
"""A row of each format."""

text = st.text(max_size=20)
ink = st.text(min_size=1, max_size=20)
extra = st.dictionaries(
    st.sampled_from(["id", "source", "text", "label", "prompt", "history", "value"]), text, max_size=1
)
calls = st.just([{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}])
parts = st.lists(
    st.builds(lambda words: {"type": "text", "text": words}, text)
    | st.just({"type": "image_url", "image_url": {"url": "data:,"}}),
    min_size=1,
    max_size=2,
)
more = st.fixed_dictionaries(
    {}, optional={"name": ink, "weight": st.sampled_from([0, 1, 0.5]), "train": st.booleans(), "value": text}
)
said = st.builds(
    lambda role, content, rest: {"role": role, "content": content, **rest},
    st.sampled_from(["system", "user", "assistant", "tool"]), text | parts, more | st.just({}),
)  # fmt: skip
called = st.builds(
    lambda content, made: {"role": "assistant", "content": content, "tool_calls": made}, st.none() | text, calls
)
talks = st.lists(said | called, min_size=1, max_size=4)
pairs = st.lists(st.tuples(ink, text), min_size=1, max_size=3)
orderly = st.builds(
    lambda system, turns: messages(
        *([("system", system)] if system else []),
        *(turn for ask, say in turns for turn in (("user", ask), ("assistant", say))),
    ),
    st.none() | ink, pairs,
)  # fmt: skip
answer = st.builds(lambda content: messages(("assistant", content)), text)
node: st.SearchStrategy[Row] = st.deferred(
    lambda: st.builds(
        lambda role, words, rank, replies: {"role": role, "text": words, "replies": replies, **rank},
        st.sampled_from(["prompter", "assistant"]),
        text,
        st.just({}) | st.builds(lambda rank: {"rank": rank}, st.integers(0, 3)),
        st.lists(node, max_size=2),
    )
)
FAMILY_ROWS: dict[str, st.SearchStrategy[Row]] = {
    "conversation": st.builds(lambda found, rest: {"messages": found, **rest}, talks | orderly, extra),
    "text": st.builds(lambda words, rest: {**rest, "text": words}, text, extra),
    "segments": st.builds(
        lambda found, rest: {"segments": found, **rest},
        st.lists(st.fixed_dictionaries({"text": text, "label": st.booleans()}), min_size=1, max_size=3),
        extra,
    ),
    "classification": st.builds(
        lambda words, label, rest: {**rest, "text": words, "label": label}, text, text | st.integers(0, 9), extra
    ),
    "preference": st.builds(
        lambda asked, one, other, rest: {**rest, "prompt": asked, "chosen": one, "rejected": other},
        orderly.map(lambda found: found[:-1]) | talks, answer, answer | talks, extra,
    ),
    "labelled": st.builds(
        lambda asked, said, label, rest: {**rest, "prompt": asked, "completion": said, "label": label},
        orderly.map(lambda found: found[:-1]) | talks, answer | talks, st.booleans(), extra,
    ),
    "tree": st.builds(lambda root, rest: {**rest, "prompt": {**root, "role": "prompter"}}, node, extra),
}  # fmt: skip
"""Any row of each family's representation: tidy ones, and ones with whatever a format may have no room for."""
