"""The project folder as a whole: its super config, pipelines and environment, and how a config becomes a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from generation_functions.config.binding import BoundConfig, bind
from generation_functions.config.catalog import Catalog, PipelineEntry
from generation_functions.config.confinement import is_within
from generation_functions.config.environment import Environment
from generation_functions.config.module_loader import Pipeline
from generation_functions.config.overrides import Override
from generation_functions.config.suggestions import closest
from generation_functions.config.super_config import PlannedStep, SuperConfig, load_super_config
from generation_functions.config.tree import Document, Node
from generation_functions.config.yaml_loader import load_yaml
from generation_functions.errors import ConfigError, Problem

SUPER_CONFIG = "super_config.yaml"


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A pipeline and the config bound to it. `bound.problems` says whether it can run; `bound.checked()` insists."""

    entry: PipelineEntry
    function: Pipeline
    bound: BoundConfig
    config: Document


@dataclass(frozen=True)
class Project:
    """A folder with pipelines and configs. Nothing is read before it is asked for.

    environ  the process's environment; the folder's `.env` fills in names it does not set.
    confine  refuse configs, pipelines and paths outside the folder.
    """

    root: Path
    environ: Mapping[str, str]
    confine: bool = False

    @cached_property
    def environment(self) -> Environment:
        """The names a config may refer to."""
        return Environment.read(self.root, self.environ)

    @cached_property
    def super_config(self) -> SuperConfig:
        """The folder's super config; an empty one where it has none. Raises `ConfigError`."""
        path = self.root / SUPER_CONFIG
        return load_super_config(path) if path.exists() else SuperConfig()

    @cached_property
    def catalog(self) -> Catalog:
        """The folder's pipelines, under the super config's aliases too."""
        return Catalog(self.root, self.super_config.aliases)

    def prepare(self, config: Path, overrides: Iterable[Override | str] = ()) -> PreparedRun:
        """Read one config, find its pipeline, bind the two. Raises `ConfigError` where there is nothing to bind."""
        document = self._document(config)
        named = document.root.items.get("pipeline")
        if named is None:
            near = closest("pipeline", document.root.items)
            problem = Problem(
                "missing 'pipeline': which pipeline this config is for", config,
                line=document.root.items[near].written_at.line if near else None,
                hint=f"did you mean it by '{near}'?" if near else "add 'pipeline: ...'",
            )  # fmt: skip
            raise ConfigError([*document.problems, problem])
        return self._bound(document, named, overrides)

    def prepare_all(self, overrides: Iterable[Override | str] = ()) -> list[PreparedRun]:
        """The runs of `pipeline_order`, in order; `overrides` apply to each, after its own.

        Raises `ConfigError` with the problems of every entry that gives nothing to bind.
        """
        prepared, problems = [], []
        for step in self.super_config.steps:
            try:
                prepared.append(self._prepare_step(step, tuple(overrides)))
            except ConfigError as exc:
                problems += exc.problems
        if problems:
            raise ConfigError(problems)
        return prepared

    def _prepare_step(self, step: PlannedStep, overrides: tuple[Override | str, ...]) -> PreparedRun:
        if step.node is None:
            return self.prepare(self.root / step.config, (*step.overrides, *overrides))
        document = self._document(self.root / step.config)
        at = step.written.items["node"]
        named = document.root.items.get("pipeline", at)
        self._check_same(at, named)
        document = replace(document, root=document.root.with_item("pipeline", named))
        return self._bound(document, named, (*step.overrides, *overrides))

    def _document(self, path: Path) -> Document:
        if self.confine and not is_within(path, self.root):
            raise ConfigError(Problem("lies outside the project", path, hint=f"move it under {self.root}"))
        return load_yaml(path)

    def _check_same(self, at: Node, named: Node) -> None:
        entry, other = self._entry(at), self._entry(named)
        if (entry.path.resolve(), entry.function_name) != (other.path.resolve(), other.function_name):
            message = f"'node' is '{at.value}', but the config's own 'pipeline' is '{named.value}'"
            raise ConfigError(at.written_at.problem(message, f"remove 'node', or change {named.written_at.file}"))

    def _entry(self, written: Node) -> PipelineEntry:
        if not isinstance(written.value, str) or written.is_placeholder():
            raise ConfigError(written.written_at.problem("this does not name a pipeline", "write an alias, or a path"))
        try:
            return self.catalog.find(written.value, confine=self.confine)
        except ConfigError as exc:
            raise ConfigError([written.written_at.problem(p.message, p.hint) for p in exc.problems]) from exc

    def _bound(self, document: Document, named: Node, overrides: Iterable[Override | str]) -> PreparedRun:
        try:
            entry = self._entry(named)
            function = self.catalog.load(entry)
        except ConfigError as exc:
            raise ConfigError([*document.problems, *exc.problems]) from exc
        bound = bind(
            document,
            function,
            overrides=overrides,
            environment=self.environment,
            shared_models=self.super_config.models,
            base_dir=self.root,
            confine=self.confine,
        )
        return PreparedRun(entry, function, bound, document)
