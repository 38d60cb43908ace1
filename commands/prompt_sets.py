"""What a folder of prompts given as `prompts:` is used for, and what of it is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commands.pipeline_steps import asking, book_of, prompt_names, stood_for

if TYPE_CHECKING:
    from generation_functions.config import Pipeline
    from generation_functions.stand_ins import StandIn

_MOST_TOLD = 6
_SETTINGS = ("most", "language")
"""What a config says and only a prompt can carry out: a number of items, and what language is written."""


def prompt_set_notes(function: Pipeline, prompt_set: Path | None) -> list[str]:
    """Which files of a set, made for another program, stand in for which prompt, and what they do not say."""
    notes: list[str] = []
    for part, step in asking(function) if prompt_set is not None and prompt_set.is_dir() else ():
        book = book_of(step, prompt_set / part)
        own = {name: book_of(step, None).get(name).names for name in prompt_names(step)}
        for name in stood_for(step, book):
            places = own.get(name, ())
            prompt, stand_in = book.get(name, step=step), book.standing(name, step)
            unsaid = [f"{{{place}}}" for place in places if place in _SETTINGS and place not in prompt.names]
            left_out = f"; it has no place for {', '.join(unsaid)}" if unsaid else ""
            file = stand_in.file if stand_in is not None else name
            notes.append(f"{part / file} stands in for {part / (name if name in own else step.name)}{left_out}")
    return notes


def prompt_set_warnings(function: Pipeline, prompt_set: Path | None) -> list[str]:
    """What a set of prompts has that no step reads: most often files called otherwise than what they replace."""
    from generation_functions.prompts import PromptBook

    if prompt_set is None:
        return []
    if not prompt_set.is_dir():
        return [f"there is no folder {prompt_set}: the pipeline's own prompts are used"]
    own = [str(part / name) for part, step in asking(function) for name in prompt_names(step)]
    read, passed_over = _stand_ins(function, prompt_set)
    unread = [name for name in PromptBook([prompt_set]).names() if name not in {*own, *read}]
    told = [f"{name} of {prompt_set} is not used: {passed_over[name]}" for name in unread if name in passed_over]
    unknown = [name for name in unread if name not in passed_over]
    if not unknown:
        return told
    return [*told, f"no step reads {_listed(unknown)} of {prompt_set}; what steps read is called {_listed(own)}"]


def _stand_ins(function: Pipeline, prompt_set: Path) -> tuple[set[str], dict[str, str]]:
    """The files of a set that stand in for a prompt, and those that could but do not, each with the reason."""
    read: set[str] = set()
    passed_over: dict[str, str] = {}
    for part, step in asking(function):
        book = book_of(step, prompt_set / part)
        for each in step.stand_ins:
            prompt = each.prompt or step.prompt or step.name
            used = book.standing(str(prompt), step)
            if used is each:
                read.add(str(part / each.file))
            else:
                passed_over[str(part / each.file)] = each.unused or _lost_to(each, used, str(prompt), prompt_set / part)
    return read, passed_over


def _lost_to(each: StandIn, used: StandIn | None, prompt: str, folder: Path) -> str:
    if used is None and not list(folder.glob(f"{prompt}.*")):
        return f"it needs {', '.join(each.beside)} beside it"
    return f"{used.file if used is not None else prompt} is there too"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(dict.fromkeys(names[:_MOST_TOLD]))
    return f"{shown} and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else shown
