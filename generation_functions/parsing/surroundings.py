"""What models put around the form they were asked for, and the dots they leave in it: nothing that was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = "```"
_ENDS = (
    r"<\|(?:im_end|eot_id|eom_id|end|end_of_text|endoftext|return)\|>"
    r"|</s>|<end_of_turn>|<｜end▁of▁sentence｜>|\[/INST\]"
)
_BEGINS = r"<\|(?:im_start|start_header_id|begin_of_text|start|user)\|>|<start_of_turn>|<｜User｜>|<s>|\[INST\]"
_TURN_END = re.compile(rf"\s*(?P<end>{_ENDS})(?=\s*(?:\Z|{_ENDS}|{_BEGINS}))")
_TURN_BEGIN = re.compile(
    r"\s*(?:<\|im_start\|>\s*assistant\s*\n|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|assistant:)\s*",
    re.IGNORECASE,
)
_AROUND_PROSE = re.compile(r"```(?:markdown|md|text|txt|plaintext)\s*\n(?P<inside>.*)\n```", re.DOTALL | re.IGNORECASE)
_LONGEST_REMARK = 40
_REMARK = re.compile(
    r"\(?(?:please (?:let me know|feel free)\b|let me know if\b|feel free to ask\b"
    r"|(?:i )?hope (?:this|these|that|it)\b.{0,40}\bhelp"
    r"|(?:if|should) you\b.{0,80}\b(?:let me know|feel free|just ask|i can|i['’]d be happy)\b"
    r"|(?:would you like|do you want) me to\b"
    r"|lass(?:en sie)? (?:es )?mich (?:gerne? )?wissen\b|ich hoffe, das hilft\b"
    r"|n['’]hésitez pas à me\b|j['’]espère que cela\b.{0,40}\baide"
    r"|avísame si\b|espero que esto\b.{0,40}\b(?:ayude|sirva))",
    re.IGNORECASE | re.DOTALL,
)


def one_turn(completion: str) -> str:
    """A completion without the marks of a chat template, and without the turns that a model writes on after its own.

    An endpoint that does not know its model's template lets them through. Line ends become plain ones.
    """
    turn = completion.replace("\r\n", "\n") if "\r" in completion else completion
    begin = _TURN_BEGIN.match(turn)
    turn = turn[begin.end() :] if begin is not None else turn
    if ">" not in turn and "]" not in turn:
        return turn
    ends = (m for m in _TURN_END.finditer(turn) if m["end"] != "</s>" or "<s>" not in turn[: m.start()])
    end = next(ends, None)
    return turn if end is None else turn[: end.start()]


def up_to_its_fence(lines: list[str], begins: Callable[[str], bool]) -> list[str]:
    """The lines up to the end of the code fence that stands around what `begins`; all of them where none does."""
    fences = [n for n, line in enumerate(lines) if line.lstrip().startswith(_FENCE) and line.count(_FENCE) == 1]
    if not fences or lines[fences[-1]].strip() != _FENCE:
        return lines
    first = next((n for n, line in enumerate(lines) if begins(line)), len(lines))
    before = sum(n < first for n in fences)
    around = before % 2 == 1 and (len(fences) - before) % 2 == 1
    return lines[: fences[-1]] if around else lines


def without_prose_fence(text: str) -> str:
    """The text without a fence that calls all of it Markdown or plain text. A fence around code stays."""
    found = _AROUND_PROSE.fullmatch(text.strip())
    if found is None:
        return text
    fences = [line.strip() for line in found["inside"].split("\n") if line.lstrip().startswith(_FENCE)]
    ends_before = len(fences) % 2 == 1 or (fences and fences[0] == _FENCE)
    return text if ends_before else found["inside"].strip()


def without_closing_remark(text: str) -> str:
    """The text without a last paragraph that offers more or asks whether it helped: it is no part of what was asked."""
    before, blank, last = text.rpartition("\n\n")
    remark = bool(blank) and len(last.split()) <= _LONGEST_REMARK and _REMARK.match(last.strip()) is not None
    return before.rstrip(" \t\n-*_") if remark else text


def says_something(text: str) -> bool:
    """Whether there is more in a field than the dots of a form that was copied and not filled."""
    return bool(text.strip(" \t\n.…"))
