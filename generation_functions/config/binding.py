"""A config and a pipeline become keyword arguments, or every problem between them at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generation_functions.config.alternatives import Alternatives
from generation_functions.config.annotations import core_type
from generation_functions.config.confinement import outside
from generation_functions.config.environment import Environment, Expansion
from generation_functions.config.explanations import Subject, explain, must_be
from generation_functions.config.model_field import KnownModels
from generation_functions.config.model_section import (
    ModelSection,
    endpoint_problems,
    name_keys,
    read_models,
    with_shared_models,
)
from generation_functions.config.module_loader import Pipeline
from generation_functions.config.overrides import Override, apply_overrides
from generation_functions.config.secrets import Secrets, default_key_problems, literal_key_problems
from generation_functions.config.sections import Gathered, gather
from generation_functions.config.settings import RESERVED, RunSettings
from generation_functions.config.signature import Signature, known_keys, signature_of
from generation_functions.config.tree import PLACEHOLDER, Document, Location, Node
from generation_functions.errors import ConfigError, Problem
from generation_functions.models.model import Model


@dataclass(frozen=True, slots=True)
class BoundConfig:
    """A config bound to a pipeline.

    kwargs     the pipeline's keyword arguments, defaults filled in; empty where there are problems.
    settings   how it is run; holds what could be read where there are problems.
    problems   everything wrong, by line; empty for a config that can run.
    secrets    knows every value that came from `${NAME}`.
    nodes      each parameter's value as written; `model_nodes` each model's; both with their references.
    sections   the section each parameter was written in.
    choices    why each model that is written as alternatives is the one it is.
    """

    signature: Signature
    kwargs: Mapping[str, Any]
    settings: RunSettings
    problems: tuple[Problem, ...] = ()
    secrets: Secrets = field(default_factory=Secrets)
    file: Path | None = None
    nodes: Mapping[str, Node] = field(default_factory=dict)
    model_nodes: Mapping[str, Node] = field(default_factory=dict)
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def checked(self) -> BoundConfig:
        """This config. Raises `ConfigError` with all its problems."""
        if self.problems:
            raise ConfigError(list(self.problems))
        return self


def bind(
    config: Document,
    function: Pipeline,
    *,
    overrides: Iterable[Override | str] = (),
    environment: Environment | None = None,
    shared_models: Mapping[str, Node] | None = None,
    base_dir: Path = Path(),
    confine: bool = False,
) -> BoundConfig:
    """Bind a config to a pipeline's signature. What is wrong is in the result's `problems`; nothing is raised for it.

    overrides      applied in turn; strings are `key=value`.
    environment    where `${NAME}` comes from; by default the process's, over the `.env` of the project's root.
    shared_models  a super config's models; the config's own win by name.
    base_dir       the project's root.
    confine        makes every path that leads out of the root a problem.

    Paths stay as they are written, relative to the root. Raises `ConfigError` for a function that no config can call.
    """
    signature = signature_of(function)
    environment = environment or Environment.read(base_dir, os.environ)
    root = base_dir if confine else None
    return _Binding(config, signature, environment, dict(shared_models or {}), root).bind(overrides)


@dataclass(slots=True)
class _Binding:
    """One binding under way: what was found wrong so far."""

    config: Document
    signature: Signature
    environment: Environment
    shared: dict[str, Node]
    confined_to: Path | None
    problems: list[Problem] = field(default_factory=list)

    def bind(self, overrides: Iterable[Override | str]) -> BoundConfig:
        self.problems += self.config.problems
        alternatives = Alternatives(self.environment)
        written, self.shared = alternatives.choose(self._root(), self.shared)
        root, wrong = apply_overrides(with_shared_models(written, self.shared), overrides, self.signature)
        self.problems += wrong
        expansion = Expansion(self.environment)
        expanded = self._expanded(root, expansion)
        gathered = gather(expanded, self.signature, reserved=RESERVED)
        section = read_models(root, gathered.values, self.signature, expansion, self.shared)
        self.problems += [*alternatives.problems, *gathered.problems, *expansion.problems, *section.problems]
        self._check_written(root.with_item("models", Node(section.written)))
        kwargs, settings = self._arguments(gathered, section), self._settings(expanded, section)
        self.problems += default_key_problems({k: v for k, v in kwargs.items() if k not in gathered.values})
        if self.confined_to is not None:
            self.problems += outside(kwargs, gathered.values, self.confined_to)
            self.problems += outside(dict(settings), expanded.items, self.confined_to)
        problems = self._in_order(expansion)
        return BoundConfig(
            self.signature,
            {} if problems else kwargs,
            settings,
            problems,
            Secrets(expansion.used),
            self.config.file,
            gathered.values,
            section.nodes,
            gathered.sections,
            {name: why for name, why in alternatives.reasons.items() if name in section.models},
        )

    def _root(self) -> Node:
        root = self.config.root
        if isinstance(root.value, dict):
            return root
        if root.value is not None:
            self.problems.append(root.at.problem("a config is a mapping of keys to values", "write 'pipeline: ...'"))
        return replace(root, value={})

    def _expanded(self, root: Node, expansion: Expansion) -> Node:
        # Models are expanded one by one: those that nobody uses may lack their key.
        others = {key: node for key, node in root.items.items() if key != "models"}
        return expansion.expand(replace(root, value=others))

    def _check_written(self, root: Node) -> None:
        self.problems += literal_key_problems(root)
        for path, node in root.walk():
            if node.is_placeholder():
                parameter = self.signature.parameters.get(path[-1]) if path else None
                hint = (parameter.description if parameter else None) or "replace it with a value"
                message = f"'{'.'.join(path)}' is still to be filled in ({PLACEHOLDER})"
                self.problems.append(node.at.problem(message, hint))

    def _arguments(self, gathered: Gathered, section: ModelSection) -> dict[str, Any]:
        types = {name: parameter.annotation for name, parameter in self.signature.parameters.items()}
        values = {name: name_keys(node, types.get(name, Any)) for name, node in gathered.values.items()}
        subject = Subject(Node(values, Location(self.config.file)), types)
        if gathered.cut_short:
            return {}
        known = KnownModels(section.models, frozenset(section.broken))
        try:
            validated = self.signature.arguments.model_validate(subject.node.plain(), context=known)
        except ValidationError as exc:
            self.problems += explain(exc, subject, misspelled=gathered.suggested) + _truths_as_numbers(subject)
            return {}
        kwargs = self.signature.keywords(validated)
        self.problems += _truths_as_numbers(subject) + _inline_model_problems(subject, kwargs)
        return kwargs

    def _settings(self, root: Node, section: ModelSection) -> RunSettings:
        written = {key: node for key, node in root.items.items() if key in RESERVED}
        subject = Subject(Node(written, Location(self.config.file)), known_keys(RunSettings))
        given = {"pipeline": self.signature.name, **subject.node.plain()}
        given["models"] = {name: model.spec for name, model in section.models.items()}
        self.problems += _truths_as_numbers(subject)
        try:
            return RunSettings.model_validate(given)
        except ValidationError as exc:
            self.problems += explain(exc, subject)
            wrong = {str(error["loc"][0]) for error in exc.errors(include_url=False, include_input=False)}
        # The rest is worth having: a command that lists problems may name the pipeline.
        right = {key: value for key, value in given.items() if key not in wrong}
        return RunSettings.model_validate({"pipeline": self.signature.name, "output_dir": ".", **right})

    def _in_order(self, expansion: Expansion) -> tuple[Problem, ...]:
        # A line of .env that cannot be read matters once a name is missing: it may be the one.
        found = [*self.problems, *(self.environment.problems if expansion.unset else ())]
        secrets = Secrets(expansion.used)
        shown = dict.fromkeys(secrets.redact_problem(problem) for problem in found)
        return tuple(sorted(shown, key=self._order))

    def _order(self, problem: Problem) -> tuple[bool, str, float]:
        elsewhere = problem.file != self.config.file
        return elsewhere, str(problem.file or ""), problem.line if problem.line is not None else inf


def _truths_as_numbers(subject: Subject) -> list[Problem]:
    # Pydantic reads true as 1 where a number is asked for; nobody who writes it means that.
    return [
        must_be(subject, (name,), "a whole number" if core_type(subject.types[name]) is int else "a number")
        for name, node in subject.node.items.items()
        if isinstance(node.value, bool) and core_type(subject.types.get(name)) in (int, float)
    ]


def _inline_model_problems(subject: Subject, kwargs: Mapping[str, Any]) -> list[Problem]:
    return [
        problem
        for name, node in subject.node.items.items()
        if isinstance(node.value, dict) and isinstance(kwargs[name], Model)
        for problem in endpoint_problems(node, kwargs[name].spec, name)
    ]
