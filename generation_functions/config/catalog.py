"""The pipelines of a project: found by name or by path, described without running them, imported when one is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
        entries = {entry.name: entry for entry in self._in_folders()}
        for alias, target in self.aliases.items():
            entries[_folded(alias)] = self._aliased(alias, target)
        return [entries[name] for name in sorted(entries)]

    def find(self, name: str, *, confine: bool = False) -> PipelineEntry:
        """The pipeline of an alias, or of `path/to/file.function` or `path/to/file.py:function`.

        Dashes and underscores are the same in aliases. With `confine`, nothing outside the root is found, links
        followed. Raises `ConfigError`.
        """
        entry = self._named(name) or self._at_path(name, name)
        if confine and not _is_within(entry.path, self.root):
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
        return next((entry for entry in self._in_folders() if entry.name == folded), None)

    def _aliased(self, alias: str, target: str) -> PipelineEntry:
        found = None if _looks_like_path(target) else self._in_folder_named(_folded(target))
        entry = found or self._at_path(target, alias)
        return PipelineEntry(
            _folded(alias), entry.path, entry.function_name, entry.config_path, entry.readme_path, entry.description
        )

    def _in_folder_named(self, name: str) -> PipelineEntry | None:
        return next((entry for entry in self._in_folders() if entry.name == name), None)

    def _in_folders(self) -> Iterator[PipelineEntry]:
        for folder in FOLDERS:
            for place in sorted((self.root / folder).glob("*/")):
                path = place / f"{place.name}.py"
                if path.is_file():
                    yield _entry(_folded(place.name), path, place.name)

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
        known = [entry.name for entry in self.list()]
        near = closest(name, known)
        hint = f"did you mean '{near}'?" if near else f"known: {', '.join(known) or 'none'}; or path/to/file.function"
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


def _is_within(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


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


def _parsed(path: Path) -> ast.Module | None:
    # A file that is no Python has no description; running it says what is wrong, with the line.
    try:
        return ast.parse(path.read_bytes()) if path.is_file() else None
    except (OSError, SyntaxError, ValueError):
        return None


def _functions(path: Path) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    module = _parsed(path)
    body = module.body if module else []
    return {item.name: item for item in body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}


def _description(path: Path, function: str) -> str:
    found = _functions(path).get(function)
    module = _parsed(path)
    text = (ast.get_docstring(found) if found else None) or (ast.get_docstring(module) if module else None) or ""
    return text.strip().partition("\n")[0]


def _only_function(path: Path) -> str:
    public = [name for name in _functions(path) if not name.startswith("_")]
    if path.stem in public:
        return path.stem
    return public[0] if len(public) == 1 else ""


def _which_function(name: str, path: Path) -> Problem:
    public = [function for function in _functions(path) if not function.startswith("_")]
    hint = f"write {name}:{public[0]} or another of: {', '.join(public)}" if public else "define a function in it"
    return Problem(f"'{name}' does not say which function is the pipeline", path, hint=hint)
