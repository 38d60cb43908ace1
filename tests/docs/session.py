"""Runs a page's Python blocks in one namespace: reads a JSON string of code a line, answers with what happened."""

from __future__ import annotations

import ast
import asyncio
import importlib
import io
import json
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from inspect import CO_COROUTINE
from pathlib import Path
from types import FunctionType
from typing import Any


def run_block(code: str, place: str, namespace: dict[str, Any], runner: asyncio.Runner) -> tuple[bool, str]:
    """Whether a block ran to its end, and what it printed. `await` may stand at its top level."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            compiled = compile(code, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            if compiled.co_flags & CO_COROUTINE:
                runner.run(FunctionType(compiled, namespace)())
            else:
                exec(compiled, namespace)
        except Exception:  # noqa: BLE001  an example may fail in any way, and the test tells how
            traceback.print_exc()
            return False, printed.getvalue()
    return True, printed.getvalue()


def forget_the_projects_modules() -> None:
    """Blocks before this one may have written or changed the project's files."""
    importlib.invalidate_caches()
    for name in [name for name in sys.modules if name.partition(".")[0] == "generation"]:
        del sys.modules[name]


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    # A block's functions say where they stand, as a file's would: steps look for prompts beside it.
    namespace: dict[str, Any] = {"__name__": "page", "__file__": str(Path.cwd() / "page.py")}
    answers = sys.stdout
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            code, place = json.loads(line)
            forget_the_projects_modules()
            answers.write(json.dumps(run_block(code, place, namespace, runner)) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
