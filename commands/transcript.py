"""What happened to a row, as people read it: prompts as they were sent, answers, verdicts, and the fields they gave."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from commands.terminal import counted, duration, money, number, paint, width_of, wrapped
from generation_functions.rows import Json
from generation_functions.store import DROPPED, KEPT, RowRecord
from generation_functions.store.history import DATASET_PREFIX, History

SHORT_KEY = 12
_LABEL = 11
_MOST_LINES = 12
_AS_ABOVE = "(as above: "
_PASSAGE = 200
"""Characters from which on a passage that was shown before is not shown again."""
_STATUS_COLOUR = {KEPT: "green", DROPPED: "yellow"}


@dataclass
class Transcript:
    """Turns records into lines for standard output.

    full      whether to show everything: example turns, long values, prompts seen before
    numbers   whether to show each exchange's tokens, cost and seconds
    """

    full: bool = False
    numbers: bool = False
    _shown: set[tuple[str, str]] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _passages: set[str] = field(default_factory=set)

    def record(self, record: RowRecord, exchanges: Sequence[Mapping[str, Any]]) -> list[str]:
        """One step of one row: the heading, what was asked and answered, what it added."""
        lines = [heading(record)]
        for _, same in groupby(exchanges, key=lambda exchange: exchange["prompt"]):
            lines += self._asked_once(list(same))
        added = content_lines(record.fields, full=self.full) if record.step.startswith(DATASET_PREFIX) else None
        return lines + (self.fields(record.fields) if added is None else added)

    def fields(self, fields: Mapping[str, Json], *, mark: str = "+ ") -> list[str]:
        """Each field on a line of its own, or on several."""
        return [line for name, value in fields.items() for line in labelled(mark + name, as_text(value), self._most)]

    @property
    def _most(self) -> int | None:
        return None if self.full else _MOST_LINES

    def _asked_once(self, exchanges: list[Mapping[str, Any]]) -> list[str]:
        # One answer that became many rows is told with the first of them.
        keys = {exchange["key"] for exchange in exchanges}
        if not self.full and keys <= self._told:
            return labelled("answer", "(as above)", None, style="dim")
        self._told |= keys
        return self._asked(exchanges)

    def _asked(self, exchanges: list[Mapping[str, Any]]) -> list[str]:
        lines = self.prompt(exchanges[0]["prompt"])
        for position, exchange in enumerate(exchanges, 1):
            label = "answer" if len(exchanges) == 1 else f"answer {position}"
            if exchange["thoughts"]:
                lines += labelled("thoughts", exchange["thoughts"], self._most)
            lines += labelled(label, exchange["error"] or exchange["text"], None, style="cyan")
            if self.numbers:
                lines += labelled("", usage(exchange), None, style="dim")
        return lines

    def prompt(self, prompt: Json) -> list[str]:
        """A prompt as it was sent. Example turns fold to one line, and a system message is shown once."""
        if isinstance(prompt, str):
            return labelled("prompt", prompt, self._most)
        if self.full:
            return [line for message in prompt for line in labelled(message["role"], as_text(message["content"]), None)]
        system = [message for message in prompt if message["role"] == "system"]
        turns = [message for message in prompt if message["role"] != "system"]
        lines = [line for message in system for line in self._once(message)]
        if len(turns) > 1:
            lines += labelled("", f"… {len(turns) - 1} example turns", None, style="dim")
        return lines + [line for turn in turns[-1:] for line in self._folded(turn)]

    def _folded(self, turn: Mapping[str, Any]) -> list[str]:
        """A turn without the long passages that were shown before, such as the chunk that every check is given."""
        text = as_text(turn["content"])
        folded = without_passages(text, self._passages)
        self._passages.update(line for line in text.split("\n") if len(line) >= _PASSAGE)
        return labelled(turn["role"], folded, None)

    def _once(self, message: Mapping[str, Any]) -> list[str]:
        text = as_text(message["content"])
        if (message["role"], text) in self._shown:
            return labelled(message["role"], "(as above)", None, style="dim")
        self._shown.add((message["role"], text))
        return labelled(message["role"], text, None)


def heading(record: RowRecord) -> str:
    """The step, the row's key, and what became of it."""
    status = paint(record.status, _STATUS_COLOUR.get(record.status, "red"), stream=sys.stdout)
    reason = f": {record.reason}" if record.reason else ""
    name = paint(record.step, "bold", stream=sys.stdout)
    explained = explanation(record.detail)
    return f"{name}  {record.key[:SHORT_KEY]}  {status}{reason}" + (f"  ({explained})" if explained else "")


def explanation(detail: Json) -> str:
    """Votes, failed tries or members in a few words."""
    if isinstance(detail, list):
        return "; ".join(map(str, detail))
    if not isinstance(detail, Mapping):
        return ""
    if "votes" in detail:
        ballots = " ".join({True: "yes", False: "no"}.get(ballot, "unreadable") for ballot in detail["votes"])
        return f"votes: {ballots}; {detail['needed']} of {detail['of']} needed"
    if "tries" in detail:
        return f"{len(detail['tries'])} tries: " + " · ".join(dict.fromkeys(map(str, detail["tries"])))
    return counted(len(detail["members"]), "member") if "members" in detail else as_text(detail)


def without_passages(text: str, shown: Collection[str]) -> str:
    """The text with one short line in place of each run of paragraphs that were shown before."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = [earlier for earlier in lines[-2:] if earlier]
        if line not in shown:
            lines.append(line)
        elif not before or not before[-1].startswith(_AS_ABOVE):
            lines.append(f"{_AS_ABOVE}{line[:48].rsplit(' ', 1)[0]} …)")
        elif not lines[-1]:
            lines.pop()
    return "\n".join(lines)


def labelled(label: str, text: str, most: int | None, *, style: str = "") -> list[str]:
    """A text beside its label, wrapped to the terminal and cut after `most` lines."""
    indent = " " * (_LABEL + 4)
    lines = wrapped(text, indent=indent, width=width_of(sys.stdout)) or [indent.rstrip()]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], f"{indent}… {len(lines) - most + 1} more lines"]
    shown = [paint(line[len(indent) :], *([style] if style else []), stream=sys.stdout) for line in lines]
    head = f"  {paint(label.ljust(_LABEL), 'dim', stream=sys.stdout)}  "
    return [((head if at == 0 else indent) + line).rstrip() for at, line in enumerate(shown)]


def content_lines(content: Mapping[str, Json], *, full: bool = False) -> list[str]:
    """A dataset's row: its conversation turn by turn, or its fields; where it came from last."""
    most = None if full else _MOST_LINES
    parts: list[tuple[str, str]] = []
    for name, value in content.items():
        if name == "messages" and isinstance(value, list):
            parts += [(str(turn.get("role")), as_text(turn.get("content"))) for turn in value]
        elif name == "metadata" and isinstance(value, Mapping):
            parts.append(("from", place_of(value)))
        else:
            parts.append((name, as_text(value)))
    return [line for label, text in parts for line in labelled(label, text, most)]


def place_of(fields: Mapping[str, Json]) -> str:
    """Where in which document a row stands."""
    source = fields.get("source")
    if source is None:
        return ", ".join(f"{name} {as_text(value)}" for name, value in fields.items() if name != "key")
    if fields.get("end") is None:
        return as_text(source)
    return f"{source}, characters {number(fields.get('start', 0))} to {number(fields['end'])}"


def usage(exchange: Mapping[str, Any]) -> str:
    """Model, tokens, cost and seconds of one exchange."""
    about = "about " if exchange["estimated"] else ""
    tokens = f"{about}{number(exchange['input_tokens'])} tokens in, {number(exchange['output_tokens'])} out"
    again = f", after {exchange['tries']} failed tries" if exchange["tries"] else ""
    return f"{exchange['model']}: {tokens}, {money(exchange['cost'])}, {duration(exchange['seconds'])}{again}"


def as_text(value: Json) -> str:
    """Text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def exchanges_of(history: History, record: RowRecord) -> list[dict[str, Any]]:
    """The exchanges a record rests on, whole, in the order they were asked."""
    found = (history.store.exchange(key) for key in record.exchanges)
    return [exchange for exchange in found if exchange is not None]


def record_json(record: RowRecord, exchanges: Iterable[Mapping[str, Any]] | None = None) -> dict[str, Json]:
    """A record as JSON; with exchanges, each of them whole."""
    found: dict[str, Json] = {
        "key": record.key, "step": record.step, "status": record.status, "reason": record.reason,
        "detail": record.detail, "added": record.fields,
    }  # fmt: skip
    return found if exchanges is None else {**found, "exchanges": list(exchanges)}
