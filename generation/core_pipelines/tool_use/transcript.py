"""A conversation with tools as text that a prompt can show, and what stands in such a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from generation_functions.rows import Json

_TURN = re.compile(r"^<(user|assistant|call|result)>\n(.*?)\n</\1>$", re.DOTALL | re.MULTILINE)


_FORGED = re.compile(r"<(/?(?:user|assistant|call|result))>")


class Turn(NamedTuple):
    """One turn of a transcript: who (`user`, `assistant`, `call` or `result`), and the words or the JSON."""

    who: str
    said: str

    @property
    def value(self) -> Json:
        """The JSON of a call or a result."""
        return orjson.loads(self.said)


def transcript(messages: Sequence[Mapping[str, Any]]) -> str:
    """OpenAI's messages as text, each turn between tags. What looks like a tag inside one is made to look like none."""
    return "\n".join(part for message in messages for part in _parts(message))


def turns(text: str) -> list[Turn]:
    """The turns of a transcript."""
    return [Turn(*found.groups()) for found in _TURN.finditer(text)]


def _parts(message: Mapping[str, Any]) -> list[str]:
    said = _FORGED.sub(r"‹\1›", message["content"] or "")
    if message["role"] == "tool":
        return [f"<result>\n{said}\n</result>"]
    calls = [call["function"] for call in message.get("tool_calls", ())]
    if calls:
        return [f'<call>\n{{"name": "{call["name"]}", "arguments": {call["arguments"]}}}\n</call>' for call in calls]
    return [f"<{message['role']}>\n{said}\n</{message['role']}>"]
