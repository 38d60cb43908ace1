"""Chat messages out of a YAML prompt file, each with its line, and everything wrong with the file at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from generation_functions.errors import Problem

ROLES = ("system", "user", "assistant")
DEEPEST = 3  # a list of mappings of texts

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Message(NamedTuple):
    """One message as it stands in the file, from line `begins` on; role "" is a plain text.

    `written` is its content with indentation and quotes, from `line` on.
    """

    role: str
    content: str
    line: int
    written: str
    begins: int


def read_messages(text: str, path: Path | None = None, *, in_order: bool = True) -> tuple[list[Message], list[Problem]]:
    """The messages of a prompt file and what is wrong with it; a file that is one string gives one without a role.

    Roles may follow each other in any order where `in_order` is False.
    """
    try:
        problems = list(_unsafe_parts(text, path))
        root = None if problems else yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        return [], [Problem(f"not valid YAML: {exc.problem or exc.context}", path, line)]
    except yaml.YAMLError as exc:
        return [], [Problem(f"not valid YAML: {exc}", path)]
    if problems:
        return [], problems
    if isinstance(root, yaml.ScalarNode) and root.value.strip():
        return [_message("", root, text, 1)], []
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        hint = "write `- role: user` and below it `  content: |` and the text"
        return [], [Problem("a prompt is a non-empty list of {role, content}, or one text", path, 1, hint)]
    messages = [message for item in root.value if (message := _read_item(item, text, path, problems)) is not None]
    problems += _disorder(messages, path) if in_order and len(messages) == len(root.value) else []
    return messages, problems


def _unsafe_parts(text: str, path: Path | None) -> Iterator[Problem]:
    """Aliases and nesting, found before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        line = event.start_mark.line + 1 if event.start_mark else None
        if getattr(event, "anchor", None):
            yield Problem(
                "anchors and aliases have no place in a prompt", path, line, "quote a text that starts with & or *"
            )
        if depth > DEEPEST:
            yield Problem("nested too deeply: a prompt is a list of {role, content}", path, line)
            return


def _read_item(item: yaml.Node, text: str, path: Path | None, problems: list[Problem]) -> Message | None:
    line = item.start_mark.line + 1
    if not isinstance(item, yaml.MappingNode):
        problems.append(Problem("a message is a mapping with role and content", path, line))
        return None
    values: dict[str, yaml.Node] = {}
    before = len(problems)
    for key, value in item.value:
        problems += _wrong_key(key, value, values, path)
        values[key.value if isinstance(key, yaml.ScalarNode) else ""] = value
    for needed in ("role", "content"):
        if needed not in values:
            problems.append(Problem(f"the message has no {needed}", path, line))
    if len(problems) > before:
        return None
    return _message(values["role"].value, values["content"], text, line)


def _wrong_key(key: yaml.Node, value: yaml.Node, seen: dict[str, yaml.Node], path: Path | None) -> Iterator[Problem]:
    from generation_functions.config.suggestions import did_you_mean

    name, line = str(key.value), key.start_mark.line + 1
    if name in seen:
        first = seen[name].start_mark.line + 1
        yield Problem(f"{name!r} stands twice in one message (first on line {first})", path, line)
    elif name not in ("role", "content"):
        yield Problem(f"unknown key {name!r}", path, line, did_you_mean(name, ("role", "content")))
    elif not isinstance(value, yaml.ScalarNode) or not value.value.strip():
        yield Problem(f"{name} must be a text, and not empty", path, line)
    elif name == "role" and value.value not in ROLES:
        hint = did_you_mean(value.value, ROLES) or f"one of {', '.join(ROLES)}"
        yield Problem(f"unknown role {value.value!r}", path, line, hint)


def _message(role: str, node: yaml.Node, text: str, begins: int) -> Message:
    first, last = node.start_mark.line, node.end_mark.line
    lines = text.split("\n")[first : last + 1]
    lines[0] = lines[0][node.start_mark.column :]
    return Message(role, node.value.rstrip("\n"), first + 1, "\n".join(lines), begins)


def _disorder(messages: Sequence[Message], path: Path | None) -> Iterator[Problem]:
    """Orders of roles that chat templates of open models refuse or misread."""
    previous = ""
    for message in messages:
        if message.role == "system" and previous:
            yield Problem("a system message must be the first", path, message.begins)
        elif message.role == "assistant" and previous in ("", "system"):
            yield Problem("the first message after the system message must be the user's", path, message.begins)
        elif message.role == previous:
            yield Problem(f"two {message.role} messages in a row", path, message.begins, "join them into one")
        previous = message.role
    if previous != "user":
        hint = "the row's own values go in a last user message"
        yield Problem("the last message must be the user's", path, messages[-1].begins, hint)
