"""Imports a function out of a file, as the one module that an ordinary import of it would give."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from generation_functions.config.suggestions import closest
from generation_functions.errors import ConfigError, Problem

Pipeline: TypeAlias = Callable[..., Any]
"""Any function whose arguments can stand in a config; async or not."""


def load_function(path: Path, name: str, *, root: Path) -> Pipeline:
    """The function `name` of a file. Raises `ConfigError`: no such file or function, or why its import fails."""
    if not path.is_file():
        raise ConfigError(Problem("there is no such file", path, hint="check the pipeline's path"))
    module = load_module(path, root=root)
    function = getattr(module, name, None)
    if callable(function):
        return function  # type: ignore[no-any-return]
    options = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
    own = [key for key in options if getattr(getattr(module, key), "__module__", None) == module.__name__]
    near = closest(name, own or options)
    hint = f"did you mean '{near}'?" if near else f"it has: {', '.join(own) or 'no function'}"
    raise ConfigError(Problem(f"there is no function '{name}' in it", path, hint=hint))


def load_module(path: Path, *, root: Path) -> ModuleType:
    """Import a file once; a second call gives the same module. Raises `ConfigError`."""
    name = module_name(path, root)
    known = sys.modules.get(name)
    if known is not None:
        return known
    parent = _import_parent(name, path)
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(Problem("is no Python file", path, hint="a pipeline's file ends in .py"))
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as exc:
        del sys.modules[name]
        if not isinstance(exc, Exception | SystemExit):
            raise
        raise ConfigError(_import_problem(exc, path)) from exc
    if parent is not None:
        setattr(parent, name.rpartition(".")[2], module)
    return module


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a file under the root, as an import would write it; elsewhere one made of its path."""
    resolved, base = path.resolve(), root.resolve()
    if resolved.is_relative_to(base):
        parts = resolved.relative_to(base).with_suffix("").parts
        name = ".".join(parts)
        own = all(part.isidentifier() for part in parts) and _is_own_name(parts[0], base)
        if own and not _is_taken(name, resolved):
            return name
    digest = blake2b(str(resolved).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return f"pipeline_{digest}_{resolved.stem}"


def _is_own_name(top: str, base: Path) -> bool:
    """Whether a top-level name is free or means what lies in the root: folders may be called like real packages."""
    try:
        spec = find_spec(top)
    except ValueError:
        return False
    if spec is None:
        return True
    places = [*(spec.submodule_search_locations or ()), spec.origin or ""]
    return any(Path(place).resolve() in (base / top, base / f"{top}.py") for place in places)


def _is_taken(name: str, path: Path) -> bool:
    known = sys.modules.get(name)
    file = getattr(known, "__file__", None)
    return known is not None and (file is None or Path(file).resolve() != path)


def _import_parent(name: str, path: Path) -> ModuleType | None:
    """Import the package around a module, so that its relative imports work; None where there is no such package."""
    parent = name.rpartition(".")[0]
    if not parent:
        return None
    try:
        package = import_module(parent)
    except ModuleNotFoundError as exc:
        if exc.name is not None and (parent == exc.name or parent.startswith(f"{exc.name}.")):
            return None
        raise ConfigError(_import_problem(exc, path)) from exc
    except Exception as exc:
        # A package's own code may fail in any way.
        raise ConfigError(_import_problem(exc, path)) from exc
    return package


def _import_problem(exc: BaseException, path: Path) -> Problem:
    file, line = _cause(exc, path)
    reason = exc.msg if isinstance(exc, SyntaxError) else str(exc)
    message = f"the pipeline cannot be imported: {type(exc).__name__}: {reason}"
    hint = None
    if isinstance(exc, ModuleNotFoundError):
        hint = f"install '{exc.name}', or check its spelling"
    return Problem(message, file, line, hint)


def _cause(exc: BaseException, path: Path) -> tuple[Path, int | None]:
    """Where to look: the broken line of a syntax error; else the last line of the user's own code."""
    if isinstance(exc, SyntaxError) and exc.filename:
        return Path(exc.filename), exc.lineno
    frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if _is_own(frame.filename)]
    return (Path(frames[-1].filename), frames[-1].lineno) if frames else (path, None)


def _is_own(filename: str) -> bool:
    machinery = "importlib" in filename or filename == __file__ or filename.startswith("<")
    return not machinery and "site-packages" not in filename
