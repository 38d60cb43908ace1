"""A project folder for one page: the repository's parts, and a `start.sh` and a `python` that install nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.docs.pages import ROOT

COPIED = ("run_pipeline.py", "super_config.yaml", "pyproject.toml", "README.md")
NOT_RUN = ("git clone ", "cd millrace", "./start.sh test", "source ", "pip ")
"""Beginnings of command lines that are only shown: they need a network, or set up what stands here already."""

_START = '#!/usr/bin/env bash\nexport MILLRACE_COMMAND=./start.sh\nexec "{python}" run_pipeline.py "$@"\n'
_PYTHON = '#!/usr/bin/env bash\nexec "{python}" "$@"\n'


@dataclass
class PageProject:
    """One page's project folder. Its commands and its Python blocks see what those before them left."""

    folder: Path
    _session: subprocess.Popen[str] | None = None
    _exits: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> PageProject:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("commands", "generation_functions"):
            (self.folder / name).symlink_to(ROOT / name)
        for name in COPIED:
            shutil.copy(ROOT / name, self.folder / name)
        for name in ("generation", "configs", "inputs/quickstart"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        self._script("start.sh", _START)
        (self.folder / ".bin").mkdir()
        for name in ("python", "python3"):
            self._script(f".bin/{name}", _PYTHON)
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._exits.close()

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        target = self.folder / path
        assert target.resolve().is_relative_to(self.folder.resolve()), path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def shell(self, script: str, **variables: str) -> tuple[int, str]:
        """Run a script's commands up to the first that fails; its exit code, and all that was printed."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script], cwd=self.folder, env={**self._environment(), **variables},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout

    def first_key(self, run: str) -> str:
        """The beginning of the key of the first row that a run wrote."""
        code, printed = self.shell(f"python run_pipeline.py rows {run} -n 1 --json")
        assert code == 0, printed
        key: str = json.loads(printed)["key"]
        return key[:12]

    def python(self, code: str, place: str) -> tuple[bool, str]:
        """Run a block of Python in the page's one namespace; whether it came to its end, and what it printed."""
        session = self._started()
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(json.dumps([code, place]) + "\n")
        session.stdin.flush()
        ok, printed = json.loads(session.stdout.readline())
        return ok, printed

    def _started(self) -> subprocess.Popen[str]:
        if self._session is None:
            session = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("session.py"))], cwd=self.folder, text=True,
                env=self._environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            self._session = self._exits.enter_context(session)
        return self._session

    def _environment(self) -> dict[str, str]:
        # No key of whoever runs the tests: an example must not spend, and must print what it prints everywhere.
        kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_PROXY"))}
        path = f"{self.folder / '.bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return {**kept, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "COLUMNS": "100"}

    def _script(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text.format(python=sys.executable))
        path.chmod(0o755)
