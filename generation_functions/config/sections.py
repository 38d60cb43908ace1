"""Which key of a config is a parameter, and which mapping is a section that only groups them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from generation_functions.config.annotations import settings_pipeline
from generation_functions.config.signature import Parameter, Signature, signature_of
from generation_functions.config.suggestions import closest
from generation_functions.config.tree import KeyPath, Node
from generation_functions.errors import Problem

MAX_PROBLEMS = 50


@dataclass(slots=True)
class Gathered:
    """A config's values by parameter, out of their sections.

    sections   the path of the section each parameter was found in; `()` at the top.
    suggested  parameters that an unknown key was probably meant to be: they are not missing, they are misspelled.
    cut_short  there were too many problems to go on; what was not reached is not missing.
    """

    values: dict[str, Node] = field(default_factory=dict)
    sections: dict[str, KeyPath] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    suggested: set[str] = field(default_factory=set)
    cut_short: bool = False


def gather(root: Node, signature: Signature, *, reserved: Collection[str] = (), within: KeyPath = ()) -> Gathered:
    """Sort a mapping's keys by parameter. `reserved` keys of its top level are left alone unless they are parameters.

    `within` is the path of the mapping itself, for messages. A `SettingsOf` parameter's own sections are taken out too.
    """
    gathered = Gathered()
    for section, key, node in placed_keys(root, signature, reserved):
        if key in signature.parameters:
            _take(gathered, section, signature.parameters[key], node, within)
        elif section or key not in reserved:
            _unplaced(gathered, (*within, *section), key, node, signature, reserved)
        if len(gathered.problems) >= MAX_PROBLEMS or gathered.cut_short:
            # A file of a megabyte holds tens of thousands of keys; looking for what each may have meant takes seconds.
            gathered.cut_short = True
            gathered.problems.append(root.at.problem("there are more problems; these are the first"))
            break
    return gathered


def placed_keys(
    root: Node, signature: Signature, reserved: Collection[str] = (), section: KeyPath = ()
) -> Iterator[tuple[KeyPath, str, Node]]:
    """Every key that is no section, with the section it stands in, in the order written."""
    for key, node in root.items.items():
        if is_section(key, node, signature, () if section else reserved):
            yield from placed_keys(node, signature, reserved, (*section, key))
        else:
            yield section, key, node


def is_section(key: str, node: Node, signature: Signature, reserved: Collection[str] = ()) -> bool:
    """Whether a key only groups: it holds a mapping and is neither a parameter nor reserved.

    A mapping in which no parameter stands is no section where it looks like a misspelled parameter, or where the
    function takes any key.
    """
    if key in signature.parameters or key in reserved or not isinstance(node.value, dict):
        return False
    if _holds_parameter(node, signature):
        return True
    return not signature.accepts_any and bool(node.value) and closest(key, signature.parameters) is None


def _holds_parameter(node: Node, signature: Signature) -> bool:
    return any(key in signature.parameters or _holds_parameter(child, signature) for key, child in node.items.items())


def _take(gathered: Gathered, section: KeyPath, parameter: Parameter, node: Node, within: KeyPath) -> None:
    name = parameter.name
    if name in gathered.values:
        first, other = gathered.values[name], gathered.sections[name]
        message = f"'{name}' is written twice: here{_in(section)}, and at {first.written_at}{_in(other)}"
        gathered.problems.append(node.written_at.problem(message, "remove one of the two"))
        return
    gathered.sections[name] = section
    gathered.values[name] = _without_inner_sections(gathered, parameter, node, (*within, *section, name))


def _without_inner_sections(gathered: Gathered, parameter: Parameter, node: Node, path: KeyPath) -> Node:
    pipeline = settings_pipeline(parameter.annotation)
    if pipeline is None:
        return node
    if isinstance(node.value, list):
        return replace(node, value=[_without_inner_sections(gathered, parameter, item, path) for item in node.value])
    if not isinstance(node.value, dict):
        return node
    inner = gather(node, signature_of(pipeline), within=path)
    gathered.problems += inner.problems
    gathered.cut_short |= inner.cut_short
    gathered.suggested |= {f"{parameter.name}.{name}" for name in inner.suggested}
    return replace(node, value=inner.values)


def _unplaced(
    gathered: Gathered, section: KeyPath, key: str, node: Node, signature: Signature, reserved: Collection[str]
) -> None:
    if signature.accepts_any:
        gathered.values[key] = node
        gathered.sections[key] = section
        return
    options = [*signature.parameters, *(() if section else reserved)]
    match = None if key in reserved else closest(key, options)
    if match is not None:
        gathered.suggested.add(match)
    hint = f"did you mean '{match}'?" if match else _known(key, options, reserved)
    gathered.problems.append(node.written_at.problem(f"unknown key '{key}'{_in(section)}", hint))


def _known(key: str, options: list[str], reserved: Collection[str]) -> str:
    if key in reserved:
        return f"'{key}' is a setting of the run: write it at the top level"
    return f"known here: {', '.join(sorted(options))}" if options else "no key is known here"


def _in(section: KeyPath) -> str:
    return f" in '{'.'.join(section)}'" if section else ""
