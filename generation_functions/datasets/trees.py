"""Trees of messages, as Open Assistant publishes them: a `prompt` whose `replies` are messages with `replies`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from generation_functions.datasets.form import Fields, Format, Spelled
from generation_functions.datasets.turns import Message, known_role, message, text_of
from generation_functions.errors import ConfigError
from generation_functions.rows import Json

Node: TypeAlias = Mapping[str, Json]

ROLES = {"prompter": "user", "assistant": "assistant"}
NAMES = {role: name for name, role in ROLES.items()}
MESSAGE_FIELDS = ("name", "tool_calls", "tool_call_id", "weight", "train")
DEEPEST = 200


def read_tree(row: Mapping[str, Json]) -> Fields:
    """The row, its tree checked."""
    _check(row.get("prompt"), 1)
    return dict(row)


def spell_tree(row: Mapping[str, Json]) -> Spelled:
    """The row as it is."""
    return Spelled(dict(row))


def _check(node: Json, depth: int) -> None:
    if depth > DEEPEST:
        raise ConfigError(f"a tree is more than {DEEPEST} messages deep", hint="cut it, or leave the row out")
    if not isinstance(node, Mapping) or node.get("role") not in ROLES or not isinstance(node.get("text"), str):
        raise ConfigError(
            f"no message of a tree: {node!r:.80}", hint="it has a `text` and a `role`, prompter or assistant"
        )
    for reply in replies_of(node):
        _check(reply, depth + 1)


def replies_of(node: Node) -> Sequence[Node]:
    """The answers to a message."""
    found: Sequence[Node] = node.get("replies") or ()
    return found


def branch_of(messages: Sequence[Message], lost: list[str]) -> Fields:
    """A tree of one branch. Adds to `lost` what has no place in it; raises `ConfigError` for other roles."""
    if len(messages) > DEEPEST:
        raise ConfigError(f"a tree is more than {DEEPEST} messages deep", hint="write it as messages")
    node: Fields | None = None
    for number in range(len(messages), 0, -1):
        each = messages[number - 1]
        role = NAMES.get(known_role(number, each))
        if role is None:
            raise ConfigError(f"message {number} has the role {each['role']!r}", hint="a tree has user and assistant")
        rest = {name: value for name, value in each.items() if name in MESSAGE_FIELDS}
        lost += [f"the message field `{name}`" for name in each if name not in (*rest, "role", "content")]
        lost += ["an empty text beside tool calls"] if each.get("tool_calls") and each.get("content") == "" else []
        node = {"role": role, "text": text_of(number, each, lost), **rest, "replies": [node] if node else []}
    assert node is not None
    return node


def branches(node: Node, before: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    """Every way from the prompt to a message that nobody answered."""
    path = (*before, node)
    if not replies_of(node):
        yield path
    for reply in replies_of(node):
        yield from branches(reply, path)


def ranked_answers(node: Node, before: tuple[Node, ...] = ()) -> Iterator[tuple[tuple[Node, ...], list[Node]]]:
    """Every prompt with two answers or more that people ranked: the way to it, and the answers, the best first."""
    path = (*before, node)
    ranked = [reply for reply in replies_of(node) if reply["role"] == "assistant" and _rank(reply) is not None]
    if len(ranked) > 1:
        yield path, sorted(ranked, key=lambda reply: float(reply["rank"]))
    for reply in replies_of(node):
        yield from ranked_answers(reply, path)


def _rank(node: Node) -> float | None:
    rank = node.get("rank")
    return float(rank) if isinstance(rank, int | float) and not isinstance(rank, bool) else None


def as_message(node: Node, lost: list[str]) -> Fields:
    """A message of a tree as one of a conversation."""
    rest = {name: value for name, value in node.items() if name in MESSAGE_FIELDS}
    lost += [
        f"the field `{name}` of a tree's messages" for name in node if name not in (*rest, "role", "text", "replies")
    ]
    content = None if node["text"] == "" and rest.get("tool_calls") else node["text"]
    return {**message(ROLES[node["role"]], content), **rest}


TREES = (
    Format(
        "oasst",
        "tree",
        "A tree of messages: `prompt` has `text`, `role` (prompter, assistant) and `replies`, which are such messages.",
        "Of a conversation: message parts, and fields of a message but `name`, `weight`, `train` and its tool calls.",
        fits=lambda row: isinstance(row.get("prompt"), Mapping) and "text" in row["prompt"] and "role" in row["prompt"],
        read=read_tree,
        spell=spell_tree,
    ),
)
