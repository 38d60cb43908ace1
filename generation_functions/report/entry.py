"""One row of a dataset as the report reads it: who says what, where it came from, and how long it is.

Every form that datasets are met in is understood: messages, ShareGPT, Alpaca, prompts with completions, preference
pairs, segments, plain text. What is none of these is read field by field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from generation_functions.models.tokens import estimate_tokens
from generation_functions.report.words import Words, words_of
from generation_functions.rows import Json

_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "observation": "tool",
    "chatgpt": "assistant",
    "model": "assistant",
    "prompter": "user",
}
_ANSWERS = ("assistant", "chosen", "answer")
_NOT_SAID = ("system", "rejected")
_GIVEN = re.compile(r"\A(?:\s*<([A-Za-z]\w*)(?:\s[^<>]*)?>.*?</\1>)+\s*", re.DOTALL)
_MARKS_OF_THOUGHT = re.compile(r"\s*</?think>\s*")
_ABOUT_THE_ROW = ("metadata", "id", "key", "source", "language", "split")


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. `role` is who says it, or the field that holds it; `masked`: it is read and not trained on."""

    role: str
    text: str
    masked: bool = False


@dataclass(frozen=True)
class Entry:
    """A row. `index` counts from 0 in the dataset's order; `root` is the key of the source row of a run's row."""

    index: int
    turns: tuple[Turn, ...]
    key: str = ""
    root: str = ""
    source: str | None = None
    language: str | None = None
    offline: bool = False
    place: str = ""

    @cached_property
    def tokens(self) -> int:
        """All that is said, estimated; what a chat template adds is not counted."""
        return sum(estimate_tokens(turn.text) for turn in self.turns)

    @cached_property
    def said(self) -> Words:
        """The words that make the row this row: system prompts and rejected answers left out."""
        return tuple(word for turn in self.turns if turn.role not in _NOT_SAID for word in words_of(turn.text))

    @cached_property
    def whole(self) -> Words:
        """All words but system prompts: two pairs with one chosen answer and different rejected ones are two rows."""
        return tuple(word for turn in self.turns if turn.role != "system" for word in words_of(turn.text))

    @property
    def answers(self) -> list[str]:
        """What the model would learn to say; of a text with its label the text, of any other row all of it."""
        given = [turn for turn in self.turns if turn.role in _ANSWERS]
        found = [turn.text for turn in given if not turn.masked] or [turn.text for turn in given]
        found = found or [turn.text for turn in self.turns if turn.role == "text"]
        return found or [turn.text for turn in self.turns if turn.role not in ("system", "user", "rejected")]

    @property
    def answered(self) -> list[str]:
        """The answers without the marks that a thinking model sets around its thoughts: every row has those."""
        return [_MARKS_OF_THOUGHT.sub("\n", text).lstrip() for text in self.answers]

    @property
    def questions(self) -> list[str]:
        """What the model would be asked."""
        return [turn.text for turn in self.turns if turn.role in ("user", "question")]

    @property
    def asked(self) -> list[str]:
        """The questions without what stands before them in tags, such as the passages that a search has found."""
        return [_GIVEN.sub("", text) or text for text in self.questions]

    @property
    def text(self) -> str:
        """Everything but system prompts and rejected answers, a paragraph each."""
        return "\n\n".join(turn.text for turn in self.turns if turn.role not in _NOT_SAID)


def entry_of(fields: Mapping[str, Json], index: int, *, key: str = "", root: str = "") -> Entry:
    """A row's fields as an entry; never fails, whatever they are."""
    about = fields.get("metadata")
    about = about if isinstance(about, Mapping) else {}
    source = about.get("source", fields.get("source"))
    language = about.get("language", fields.get("language"))
    return Entry(
        index,
        tuple(_turns(fields)),
        key or str(about.get("key", "")),
        root,
        source if isinstance(source, str) else None,
        language if isinstance(language, str) and language else None,
        about.get("writer") == "offline",
        _place(source, about),
    )


def _place(source: Json, about: Mapping[str, Json]) -> str:
    if not isinstance(source, str):
        return ""
    start, end = about.get("start"), about.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return f"{source}, characters {start:,} to {end:,}"
    return source


def _turns(fields: Mapping[str, Json]) -> Iterator[Turn]:
    for name in ("messages", "conversations", "conversation"):
        if isinstance(fields.get(name), list):
            yield from _conversation(fields[name])
            return
    if "instruction" in fields and "output" in fields:
        yield from _alpaca(fields)
    elif isinstance(fields.get("prompt"), Mapping):
        yield from _tree(fields["prompt"])
    elif "prompt" in fields or "chosen" in fields or "completion" in fields:
        for name, role in (("prompt", "user"), ("completion", "assistant"), ("chosen", "chosen"),
                           ("rejected", "rejected")):  # fmt: skip
            yield from _side(fields.get(name), role)
    elif isinstance(fields.get("segments"), list):
        yield Turn("text", "".join(_text(part.get("text")) for part in fields["segments"] if isinstance(part, Mapping)))
    else:
        yield from (
            Turn("assistant" if name == "answer" else "user" if name == "question" else name, value)
            for name, value in fields.items()
            if isinstance(value, str) and name not in _ABOUT_THE_ROW
        )


def _conversation(turns: Sequence[Json]) -> Iterator[Turn]:
    for turn in turns:
        if isinstance(turn, Mapping):
            role = str(turn.get("role", turn.get("from", "?")))
            said = _text(turn.get("content", turn.get("value")))
            masked = turn.get("train") is False or turn.get("weight") == 0
            yield Turn(_ROLES.get(role, role), "\n".join(filter(None, (said, *_calls(turn.get("tool_calls"))))), masked)


def _calls(calls: Json) -> Iterator[str]:
    """Calls of tools, as they would be written in code: what an answer without words says."""
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            yield f"{_text(function.get('name'))}({_text(function.get('arguments'))})"


def _tree(message: Mapping[str, Json]) -> Iterator[Turn]:
    """A message and all its replies, each branch to its end before the next."""
    waiting: list[Json] = [message]
    while waiting:
        said = waiting.pop()
        if isinstance(said, Mapping):
            role = str(said.get("role", "?"))
            yield Turn(_ROLES.get(role, role), _text(said.get("text", said.get("content"))))
            replies = said.get("replies")
            waiting += reversed(replies) if isinstance(replies, list) else ()


def _alpaca(fields: Mapping[str, Json]) -> Iterator[Turn]:
    if fields.get("system"):
        yield Turn("system", _text(fields["system"]))
    for pair in fields.get("history") or []:
        if isinstance(pair, list) and len(pair) == 2:
            yield from (Turn("user", _text(pair[0])), Turn("assistant", _text(pair[1])))
    yield Turn("user", "\n\n".join(filter(None, (_text(fields["instruction"]), _text(fields.get("input"))))))
    yield Turn("assistant", _text(fields["output"]))


def _side(value: Json, role: str) -> Iterator[Turn]:
    if isinstance(value, list):
        # A prompt that is a conversation keeps its speakers; what follows it is one side of a choice.
        yield from (_conversation(value) if role == "user" else (Turn(role, t.text) for t in _conversation(value)))
    elif value is not None:
        yield Turn(role, _text(value))


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_text(part.get("text")) if isinstance(part, Mapping) else _text(part) for part in value)
    return "" if value is None else str(value)
