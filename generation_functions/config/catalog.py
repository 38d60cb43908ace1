"""The pipelines of a project: found by name or by path, described without running them, imported when one is run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation_functions.config.confinement import is_within
from generation_functions.config.module_loader import Pipeline, load_function
from generation_functions.config.suggestions import closest
from generation_functions.errors import ConfigError, Problem

FOLDERS = ("generation/core_pipelines", "generation/core_composition", "generation/utilities")


@dataclass(frozen=True, slots=True)
class PipelineEntry:
    """One pipeline. Paths are as they lead from the current directory; `description` is its docstring's first line."""

    name: str
    path: Path
    function_name: str
    config_path: Path | None = None
    readme_path: Path | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The pipelines under `root`: those in its folders, its `aliases`, and any function in any of its files."""

    root: Path = Path()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def list(self) -> list[PipelineEntry]:
        """Every pipeline that has a name, by name. Nothing is imported."""
        entries = {name: _entry(name, path, path.stem) for name, path in self._in_folders().items()}
        entries |= {_folded(alias): self._aliased(alias, target) for alias, target in self.aliases.items()}
        return [entries[name] for name in sorted(entries)]

    def find(self, name: str, *, confine: bool = False) -> PipelineEntry:
        """The pipeline of an alias, or of `path/to/file.function` or `path/to/file.py:function`.

        Dashes and underscores are the same in aliases. With `confine`, nothing outside the root is found, links
        followed. Raises `ConfigError`.
        """
        entry = self._named(name) or self._at_path(name, name)
        if confine and not is_within(entry.path, self.root):
            raise ConfigError(f"the pipeline '{name}' lies outside the project", hint=f"move it under {self.root}")
        if not entry.path.is_file():
            raise ConfigError(self._unknown(name, entry.path))
        if not entry.function_name:
            raise ConfigError(_which_function(name, entry.path))
        return entry

    def load(self, entry: PipelineEntry) -> Pipeline:
        """Import a pipeline's function. Raises `ConfigError` with the file and line where an import fails."""
        return load_function(entry.path, entry.function_name, root=self.root)

    def _named(self, name: str) -> PipelineEntry | None:
        folded = _folded(name)
        for alias, target in self.aliases.items():
            if _folded(alias) == folded:
                return self._aliased(alias, target)
        path = self._in_folders().get(folded)
        return None if path is None else _entry(folded, path, path.stem)

    def _aliased(self, alias: str, target: str) -> PipelineEntry:
        path = None if _looks_like_path(target) else self._in_folders().get(_folded(target))
        if path is not None:
            return _entry(_folded(alias), path, path.stem)
        return self._at_path(target, _folded(alias))

    def _in_folders(self) -> dict[str, Path]:
        places = [place for folder in FOLDERS for place in sorted((self.root / folder).glob("*/"))]
        files = [place / f"{place.name}.py" for place in places]
        return {_folded(file.stem): file for file in files if file.is_file()}

    def _at_path(self, reference: str, name: str) -> PipelineEntry:
        path, function = _split(reference)
        path = self.root / path
        if path.is_dir() and (path / f"{path.name}.py").is_file():
            path = path / f"{path.name}.py"
        return _entry(name, path, function or _only_function(path))

    def _unknown(self, name: str, path: Path) -> Problem:
        if _looks_like_path(name):
            near = (
                closest(path.name, [file.name for file in path.parent.glob("*.py")]) if path.parent.is_dir() else None
            )
            hint = f"did you mean '{near}'?" if near else "write path/to/file.function, from the project's root"
            return Problem(f"there is no file {path} for the pipeline '{name}'", hint=hint)
        known = sorted({*self._in_folders(), *map(_folded, self.aliases)})
        near = closest(name, known)
        there = (
            f"known: {', '.join(known)}" if known else f"none lies under {self.root}: start this in Millrace's folder"
        )
        hint = f"did you mean '{near}'?" if near else f"{there}; or write path/to/file.function"
        return Problem(f"there is no pipeline '{name}'", hint=hint)


def _split(reference: str) -> tuple[Path, str]:
    """`(file, function)` of a reference by path; the function is empty where it names none."""
    file, colon, function = reference.rpartition(":")
    if colon and file.endswith(".py"):
        return Path(file), function
    if reference.endswith(".py"):
        return Path(reference), ""
    folder, slash, last = reference.rpartition("/")
    stem, dot, function = last.partition(".")
    path = f"{folder}{slash}{stem}"
    return (Path(f"{path}.py"), function) if dot else (Path(path), "")


def _looks_like_path(name: str) -> bool:
    return "/" in name or "." in name or ":" in name


def _folded(name: str) -> str:
    return name.replace("_", "-").casefold()


def _entry(name: str, path: Path, function: str) -> PipelineEntry:
    config, readme = path.parent / "config.yaml", path.parent / "README.md"
    return PipelineEntry(
        name,
        path,
        function,
        config if config.is_file() else None,
        readme if readme.is_file() else None,
        _description(path, function),
    )


def _parsed(path: Path) -> ast.Module:
    # A file that is no Python has no description; importing it says what is wrong, with the line.
    try:
        return ast.parse(path.read_bytes()) if path.is_file() else ast.Module([], [])
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _functions(module: ast.Module) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    return {item.name: item for item in module.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}


def _public(path: Path) -> list[str]:
    return [name for name in _functions(_parsed(path)) if not name.startswith("_")]


def _description(path: Path, function: str) -> str:
    module = _parsed(path)
    found = _functions(module).get(function)
    text = (ast.get_docstring(found) if found else None) or ast.get_docstring(module) or ""
    return text.strip().partition("\n")[0]


def _only_function(path: Path) -> str:
    public = _public(path)
    if path.stem in public:
        return path.stem
    return public[0] if len(public) == 1 else ""


def _which_function(name: str, path: Path) -> Problem:
    public = _public(path)
    hint = f"write {name}:{public[0]} or another of: {', '.join(public)}" if public else "define a function in it"
    return Problem(f"'{name}' does not say which function is the pipeline", path, hint=hint)
