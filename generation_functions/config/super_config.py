"""`super_config.yaml`: models that several configs share, names for pipelines, and runs to make in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation_functions.config.overrides import Override, overrides_of
from generation_functions.config.suggestions import did_you_mean
from generation_functions.config.tree import Node
from generation_functions.config.yaml_loader import load_yaml
from generation_functions.errors import ConfigError, Problem

KEYS = ("models", "path_aliases", "pipeline_order")
STEP_KEYS = ("node", "config", "overrides")


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One entry of `pipeline_order`. `node` is None where the config itself names its pipeline."""

    written: Node
    config: Path
    node: str | None = None
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class SuperConfig:
    """What a super config says; empty where a project has none."""

    file: Path | None = None
    models: Mapping[str, Node] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[PlannedStep, ...] = ()


def load_super_config(path: Path) -> SuperConfig:
    """Read a super config. Raises `ConfigError` with everything wrong; its models are checked where they are used."""
    document = load_yaml(path)
    reading = _Reading(list(document.problems))
    super_config = reading.super_config(document.root, path)
    if reading.problems:
        raise ConfigError(sorted(reading.problems, key=lambda problem: problem.line or 0))
    return super_config


@dataclass(slots=True)
class _Reading:
    """One reading under way: what was found wrong so far."""

    problems: list[Problem]

    def super_config(self, root: Node, path: Path) -> SuperConfig:
        items = self.mapping(root, "a super config", KEYS)
        return SuperConfig(
            path,
            self.mapping(items.get("models"), "'models'"),
            self.aliases(items.get("path_aliases")),
            self.steps(items.get("pipeline_order")),
        )

    def aliases(self, node: Node | None) -> dict[str, str]:
        found = self.mapping(node, "'path_aliases'")
        return {alias: self.text(target, f"path_aliases.{alias}") for alias, target in found.items()}

    def steps(self, node: Node | None) -> tuple[PlannedStep, ...]:
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, list):
            self.note(node, "'pipeline_order' must be a list", "start each run with '- config: ...'")
            return ()
        return tuple(step for item in node.value if (step := self.step(item)) is not None)

    def step(self, node: Node) -> PlannedStep | None:
        items = self.mapping(node, "an entry of 'pipeline_order'", STEP_KEYS)
        if not items:
            return None
        if "config" not in items:
            self.note(node, "this entry of 'pipeline_order' has no 'config'", "add 'config: configs/my-config.yaml'")
            return None
        config = Path(self.text(items["config"], "config"))
        name = self.text(items["node"], "node") if "node" in items else None
        overrides = self.mapping(items.get("overrides"), "'overrides'")
        return PlannedStep(node, config, name, tuple(overrides_of(Node(overrides))))

    def mapping(self, node: Node | None, what: str, known: tuple[str, ...] = ()) -> dict[str, Node]:
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self.note(node, f"{what} must be a mapping of keys to values", None)
            return {}
        for key, child in node.value.items():
            if known and key not in known:
                hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
                self.note(child, f"unknown key '{key}'", hint)
        return node.value

    def text(self, node: Node, name: str) -> str:
        if isinstance(node.value, str) and node.value and not node.is_placeholder():
            return node.value
        message = f"'{name}' is still to be filled in" if node.is_placeholder() else f"'{name}' must be text"
        self.note(node, message, None)
        return node.raw

    def note(self, node: Node, message: str, hint: str | None) -> None:
        self.problems.append(node.written_at.problem(message, hint))
