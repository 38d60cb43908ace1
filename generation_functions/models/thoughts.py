"""Keep what a reasoning model thought apart from what it answered."""

from __future__ import annotations

import re
from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"
_PAIR: Final = re.compile(rf"{_OPEN}(.*?){_CLOSE}", re.DOTALL)


def split_thoughts(text: str) -> tuple[str, str]:
    """The answer and the thoughts of a completion.

    Besides whole `<think>…</think>` pairs: a lone `</think>`, whose opening tag a chat template wrote into the prompt,
    ends the thoughts; a leading `<think>` that never ends was cut off, so there is no answer.
    """
    if "think>" not in text:
        return text, ""
    thoughts: list[str] = []
    if _lacks_opening(text):
        thought, _, text = text.partition(_CLOSE)
        thoughts.append(thought)
    thoughts.extend(_PAIR.findall(text))
    answer = _PAIR.sub("", text)
    if answer.lstrip().startswith(_OPEN):
        thoughts.append(answer.lstrip().removeprefix(_OPEN))
        answer = ""
    kept = "\n\n".join(thought.strip() for thought in thoughts if thought.strip())
    return (answer.strip() if thoughts else answer), kept


def _lacks_opening(text: str) -> bool:
    close, opening = text.find(_CLOSE), text.find(_OPEN)
    return close >= 0 and (opening < 0 or close < opening)
