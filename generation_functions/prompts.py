"""Prompts: what a model is asked, kept in files beside the pipeline and filled from the row.

A chat prompt is a YAML list of `{role, content}`: an optional system message, then turns of `user` and `assistant` (the
few-shot examples), and a last `user` turn. A completion prompt is a `.txt` file, or a YAML file that is one string.

`{name}` is filled from the row; `{{` and `}}` are literal braces. Files parse once, into pieces that only need joining,
so a value that contains braces is as safe as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import orjson

from generation_functions.errors import Problem, PromptError
from generation_functions.models.exchange import Messages
from generation_functions.rows import Json, canonical_json, content_key

if TYPE_CHECKING:
    from generation_functions.stand_ins import StandIn
    from generation_functions.steps.step import PromptedStep

PromptMode: TypeAlias = Literal["chat", "completion"]

Names: TypeAlias = Mapping[str, str]
"""The names in braces of another program's prompt, each with the field or value of ours that fills it."""

SUFFIXES: Mapping[PromptMode, tuple[str, ...]] = {
    "chat": (".yaml", ".yml", ".txt"),
    "completion": (".txt", ".yaml", ".yml"),
}
"""The endings a prompt's file may have, and which is preferred where a folder has several."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^\W\d]\w*)\}|[{}]")
_SINGLE = re.compile(r"[{}]")
_LITERAL_TOKEN = re.compile(r"\{([^\W\d]\w*)\}|[{}]")
_ALONE = re.compile(r"(?<!\{)\{(?!\{|[^\W\d]\w*\})")
_NEARLY_A_NAME = re.compile(r"\{\s+[^\W\d]\w*\s*\}|\{[^\W\d]\w*\s+\}")
_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*")


class Slot(NamedTuple):
    """A place to fill: the value's name, and the line of the file it stands on."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """One text with places to fill. `literals` has one more member than `slots`."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...]

    def fill(self, values: Mapping[str, Json]) -> str:
        """The text with its values. Strings go in as they are, anything else as JSON. Raises `KeyError`."""
        if not self.slots:
            return self.literals[0]
        pieces = [self.literals[0]]
        for (name, _), literal in zip(self.slots, self.literals[1:], strict=True):
            value = values[name]
            pieces += (value if isinstance(value, str) else _as_json(value), literal)
        return "".join(pieces)


@dataclass(frozen=True)
class Prompt:
    """A prompt, parsed once.

    name       what steps call it.
    turns      `(role, template)` each; a completion prompt is one turn with an empty role.
    path       the file it came from.
    overrides  the file it stands in for, when a folder of overrides replaced the pipeline's own.
    """

    name: str
    turns: tuple[tuple[str, Template], ...]
    path: Path | None = None
    overrides: Path | None = None

    @classmethod
    def load(
        cls, path: Path, *, name: str | None = None, overrides: Path | None = None, names: Names | None = None
    ) -> Prompt:
        """Read a prompt file. Raises `PromptError` with every problem found in it.

        `names` are those that a file of another program has in braces, each with our name for it; all else is text.
        """
        name = name or path.stem
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as exc:
            raise PromptError(Problem(f"cannot read prompt {name!r}: {exc}", path)) from exc
        read = read_plain_prompt if path.suffix == ".txt" else read_yaml_prompt
        return cls(name, read(text, path, names), path, overrides)

    @classmethod
    def of(cls, text: str, *, system: str | None = None, name: str = "inline") -> Prompt:
        """A prompt written in Python: one user message, with or without a system message. Raises `PromptError`."""
        problems: list[Problem] = []
        turns = [("user", parse_template(text, 1, text, None, problems))]
        if system is not None:
            turns.insert(0, ("system", parse_template(system, 1, system, None, problems)))
        if problems:
            raise PromptError(problems)
        return cls(name, tuple(turns))

    @property
    def mode(self) -> PromptMode:
        """`chat` for a list of messages, `completion` for one text."""
        return "chat" if self.turns[0][0] else "completion"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The values it needs, in order of first use."""
        return tuple(dict.fromkeys(slot.name for _, template in self.turns for slot in template.slots))

    @cached_property
    def version(self) -> str:
        """Hash of what it asks: changes with its words, not with comments or layout of its file."""
        return content_key("prompt", [[role, t.literals, [s.name for s in t.slots]] for role, t in self.turns])

    @property
    def shared(self) -> Messages:
        """The messages with nothing to fill: the same objects in every filling, never to be changed."""
        return [message for message in self._fixed if message is not None]

    @cached_property
    def _fixed(self) -> tuple[dict[str, str] | None, ...]:
        return tuple(
            {"role": role, "content": template.literals[0]} if role and not template.slots else None
            for role, template in self.turns
        )

    def fill(self, values: Mapping[str, Json]) -> Messages | str:
        """Messages for a chat prompt, one string for a completion prompt.

        Raises `PromptError` naming file and line for a value that `values` lacks or that JSON cannot hold.
        """
        try:
            if self.turns[0][0]:
                return [
                    {"role": role, "content": template.fill(values)} if fixed is None else fixed
                    for (role, template), fixed in zip(self.turns, self._fixed, strict=True)
                ]
            return self.turns[0][1].fill(values)
        except (KeyError, TypeError) as exc:
            raise PromptError(list(self._unfillable(values, exc))) from exc

    def for_mode(self, mode: PromptMode) -> Prompt:
        """The same prompt for a model of that mode: one text becomes a user message; messages have no one text form."""
        if mode == self.mode:
            return self
        if mode == "chat":
            return Prompt(self.name, (("user", self.turns[0][1]),), self.path, self.overrides)
        hint = f"write the same prompt as plain text in {self.name}.txt beside it, or use a model with mode: chat"
        message = f"prompt {self.name!r} is a list of chat messages, and the model takes plain text"
        raise PromptError(Problem(message, self.path, hint=hint))

    def _unfillable(self, values: Mapping[str, Json], cause: Exception) -> Iterator[Problem]:
        slots = [slot for _, template in self.turns for slot in template.slots]
        for slot in slots:
            if slot.name not in values:
                message = f"prompt {self.name!r} needs {{{slot.name}}}, which the row does not have"
                yield Problem(message, self.path, slot.line, self._names_at_hand(slot.name, values))
        if all(slot.name in values for slot in slots):
            yield Problem(f"prompt {self.name!r} has a value that cannot be shown as JSON: {cause}", self.path)

    def _names_at_hand(self, missing: str, values: Mapping[str, Json]) -> str:
        from generation_functions.config.suggestions import did_you_mean

        guess = did_you_mean(missing, values)
        parts = [guess] if guess else []
        parts.append(f"the row has: {', '.join(sorted(values)) or 'nothing'}")
        parts.append(f"for a literal brace write {{{{{missing}}}}}")
        if self.overrides is not None:
            parts.append(f"this file overrides {self.overrides}: use only the names that stand there")
        return "; ".join(parts)


@dataclass(frozen=True)
class PromptBook:
    """Prompts by name, from folders in order: the first that has a file for the name wins, file by file."""

    folders: Sequence[Path]
    _loaded: dict[tuple[str, PromptMode], Prompt] = field(default_factory=dict, repr=False, compare=False)
    _standing: dict[tuple[str, str], StandIn | None] = field(default_factory=dict, repr=False, compare=False)

    def get(self, name: str, *, mode: PromptMode = "chat", step: PromptedStep | None = None) -> Prompt:
        """The prompt of that name, parsed once. Raises `PromptError` where there is none, or it is broken.

        With the step that asks, also from a file that may stand in for it under another name.
        """
        known = self._loaded.get((name, mode))
        if known is None:
            stand_in = self.standing(name, step) if step is not None else None
            known = self._loaded[name, mode] = self._load(name, mode, stand_in)
        return known

    def standing(self, name: str, step: PromptedStep) -> StandIn | None:
        """What stands in for a step's prompt: nothing where a folder before the pipeline's own has one of our name."""
        if (name, step.name) not in self._standing:
            self._standing[name, step.name] = self._first_standing(name, step)
        return self._standing[name, step.name]

    def _first_standing(self, name: str, step: PromptedStep) -> StandIn | None:
        wanted = [each for each in step.stand_ins if each.is_for(step, name)]
        for folder in self.folders[:-1] if wanted else ():
            own = _file_of(folder, name, "chat")
            for each in wanted:
                path = _file_of(folder, each.file, "chat")
                if any(_file_of(folder, other, "chat") is None for other in each.beside):
                    continue
                if path is not None and (own is None or (path == own and not _says(path, each.unless))):
                    return each
            if own is not None:
                return None
        return None

    def names(self) -> list[str]:
        """Every prompt there is, sorted; those in a folder as `folder/name`."""
        found = {
            path.relative_to(folder).with_suffix("").as_posix()
            for folder in self.folders
            for path in folder.glob("**/*")
            if path.suffix in SUFFIXES["chat"] and path.is_file()
        }
        return sorted(found)

    def variations(self, folder_name: str, *, mode: PromptMode = "chat") -> list[Prompt]:
        """Every prompt of a folder of variations, sorted by name. Raises `PromptError` where there is none."""
        _refuse_odd_name(folder_name)
        names = [name for name in self.names() if name.rpartition("/")[0] == folder_name]
        if not names:
            raise self._missing(folder_name, [n.rpartition("/")[0] for n in self.names() if "/" in n], "variations in")
        return [self.get(name, mode=mode) for name in names]

    def _load(self, name: str, mode: PromptMode, stand_in: StandIn | None = None) -> Prompt:
        _refuse_odd_name(name)
        paths = self._paths(name, mode)
        if stand_in is not None:
            paths = [*self._paths(stand_in.file, mode)[:1], *paths[-1:]]
        if not paths:
            raise self._missing(name, self.names(), "prompt named")
        overridden = paths[1] if len(paths) > 1 else None
        names = stand_in.names if stand_in is not None else None
        return Prompt.load(paths[0], name=name, overrides=overridden, names=names).for_mode(mode)

    def _paths(self, name: str, mode: PromptMode) -> list[Path]:
        return [path for folder in self.folders if (path := _file_of(folder, name, mode)) is not None]

    def _missing(self, name: str, existing: Sequence[str], what: str) -> PromptError:
        from generation_functions.config.suggestions import did_you_mean

        looked = ", ".join(map(str, self.folders)) or "no folder at all"
        hint = did_you_mean(name, existing) or f"there are: {', '.join(sorted(set(existing))) or 'none'}"
        return PromptError(Problem(f"no {what} {name!r}; looked in {looked}", hint=hint))


def read_plain_prompt(
    text: str, path: Path | None = None, names: Names | None = None
) -> tuple[tuple[str, Template], ...]:
    """The one turn of a completion prompt. The newline that editors put at a file's end is no part of it."""
    problems: list[Problem] = []
    literal = names is None and braces_are_literal([(text, 1)], path, problems)
    body = text.removesuffix("\n")
    template = parse_template(body, 1, text, path, problems, literal=literal, names=names)
    if not text.strip():
        problems.append(Problem("the prompt is empty", path))
    if problems:
        raise PromptError(problems)
    return (("", template),)


def read_yaml_prompt(
    text: str, path: Path | None = None, names: Names | None = None
) -> tuple[tuple[str, Template], ...]:
    """The turns of a YAML prompt. Raises `PromptError` with every problem found."""
    from generation_functions.prompt_yaml import read_messages

    read, problems = read_messages(text, path, in_order=names is None)
    literal = names is None and braces_are_literal([(m.written, m.line) for m in read], path, problems)
    turns = tuple(
        (m.role, parse_template(m.content, m.line, m.written, path, problems, literal=literal, names=names))
        for m in read
    )
    if problems:
        raise PromptError(sorted(problems, key=lambda problem: problem.line or 0))
    return turns


def braces_are_literal(texts: Sequence[tuple[str, int]], path: Path | None, problems: list[Problem]) -> bool:
    """Whether a file leaves its literal braces single, as JSON and code have them, instead of doubling each.

    A file does the one or the other throughout: one that does both, or has a name with blanks between its braces, is
    told. `texts` are as they stand in the file, each with its first line.
    """
    lines = [(line, number) for text, first in texts for number, line in enumerate(text.split("\n"), first)]
    alone = next((number for line, number in lines if _ALONE.search(line)), None)
    if alone is None:
        return False
    for line, number in lines:
        if (near := _NEARLY_A_NAME.search(line)) is not None:
            hint = f"write {''.join(near.group().split())} for a value of the row, without blanks"
            problems.append(Problem(f"{near.group()} is no {{name}}", path, number, hint))
    doubled = next((number for line, number in lines if "{{" in line), None)
    if doubled is not None:
        hint = "double every brace that is no {name}, or none of them"
        problems.append(Problem(f"braces are doubled on line {doubled}, and single here", path, alone, hint))
    return True


def parse_template(
    text: str,
    first_line: int,
    written: str,
    path: Path | None,
    problems: list[Problem],
    *,
    literal: bool = False,
    names: Names | None = None,
) -> Template:
    """Split a text at its `{names}`. A brace that stands alone is added to `problems`, unless braces are `literal`.

    With `names`, only those are places, by our names for them, and every other brace is text: a text with single ones
    keeps its doubled ones too, as one that Python's `str.format` could not fill.
    `written` is the text as it stands in the file from `first_line` on (with indentation and quotes): the n-th brace of
    one is the n-th brace of the other, which gives every placeholder its line.
    """
    lines = _lines_of_braces(written, first_line)
    literal = literal if names is None else _SINGLE.search(_TOKEN.sub(_without_pairs, text)) is not None
    literals, slots, at = [""], list[Slot](), 0
    for match in (_LITERAL_TOKEN if literal else _TOKEN).finditer(text):
        literals[-1] += text[at : match.start()]
        line, at, token = next(lines, first_line), match.end(), match.group()
        if len(token) > 1:
            next(lines, first_line)
        if match.group(1) and (names is None or match.group(1) in names):
            slots.append(Slot(match.group(1) if names is None else names[match.group(1)], line))
            literals.append("")
        elif match.group(1):
            literals[-1] += token
        elif len(token) == 2 or literal:
            literals[-1] += token[0]
        else:
            problems.append(_lone_brace(token, text[match.start() : match.start() + 20], path, line))
    literals[-1] += text[at:]
    return Template(tuple(literals), tuple(slots))


def _without_pairs(token: re.Match[str]) -> str:
    return token.group() if len(token.group()) == 1 else ""


def _lone_brace(brace: str, excerpt: str, path: Path | None, line: int) -> Problem:
    shown = excerpt.split("\n")[0]
    hint = f"write {brace * 2} for a literal brace, {{name}} for a value of the row"
    return Problem(f"a single {brace} that is no {{name}}: {shown!r}", path, line, hint)


def _lines_of_braces(written: str, first_line: int) -> Iterator[int]:
    for number, line in enumerate(written.split("\n"), first_line):
        for _ in range(line.count("{") + line.count("}")):
            yield number


def _as_json(value: Json) -> str:
    try:
        return orjson.dumps(value).decode("utf-8")
    except TypeError:
        return canonical_json(value).decode("utf-8")


def _file_of(folder: Path, name: str, mode: PromptMode) -> Path | None:
    candidates = (folder / f"{name}{suffix}" for suffix in SUFFIXES[mode])
    return next((path for path in candidates if path.is_file()), None)


def _says(path: Path, words: str | None) -> bool:
    return words is not None and words in path.read_text(encoding="utf-8", errors="replace")


def _refuse_odd_name(name: str) -> None:
    if not _NAME.fullmatch(name) or ".." in name:
        hint = "use letters, digits, - _ and ., with / for a folder of variations; the suffix is added"
        raise PromptError(Problem(f"{name!r} cannot be the name of a prompt", hint=hint))
