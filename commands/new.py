"""Begin a pipeline of your own: a copy of the template under your name, which runs at once with no key."""

from __future__ import annotations

import argparse
import keyword
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands.job import command_line
from commands.terminal import paint, say, table
from generation_functions.errors import ConfigError

TEMPLATE = Path(__file__).parent.parent / "generation" / "core_components" / "template"
INTO = Path("generation/core_pipelines")
TEXT_FILES = (".py", ".yaml", ".yml", ".md", ".txt")

_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}\Z")


@dataclass(frozen=True)
class NewName:
    """A pipeline's name as code writes it (`my_poems`) and as configs do (`my-poems`)."""

    snake: str

    @property
    def dashed(self) -> str:
        """The alias."""
        return self.snake.replace("_", "-")

    @classmethod
    def read(cls, text: str) -> NewName:
        """The name a person typed. Raises `ConfigError` for one that cannot name a Python function."""
        snake = text.strip().replace("-", "_").casefold()
        if not _NAME.match(snake) or keyword.iskeyword(snake) or snake in ("template", "test"):
            raise ConfigError(
                f"'{text}' cannot name a pipeline",
                hint="use 2 to 60 small letters, digits and dashes, a letter first: my-pipeline",
            )
        return cls(snake)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `new`."""
    parser.add_argument("name", metavar="NAME", help="what to call it: my-pipeline")
    parser.add_argument("--into", type=Path, default=INTO, metavar="DIR", help=f"the folder to put it in; {INTO}")


def execute(arguments: argparse.Namespace) -> int:
    """Copy the template and say how to try it. Raises `ConfigError` for a bad name or a place that is taken."""
    name = NewName.read(arguments.name)
    target = arguments.into / name.snake
    reference = name.dashed if arguments.into == INTO else (target / f"{name.snake}.{name.snake}").as_posix()
    _check_free(target, name, reference)
    for path in copy_template(name, target, reference):
        print(path)
    _tell(target, reference)
    return 0


def copy_template(name: NewName, target: Path, reference: str) -> Iterator[Path]:
    """Write the template's files under another name; gives each path. `reference` is how configs call the pipeline."""
    for source in sorted(TEMPLATE.rglob("*")):
        if not source.is_file() or "__pycache__" in source.parts:
            continue
        path = target / source.relative_to(TEMPLATE)
        path = path.with_name(path.name.replace("template", name.snake))
        path.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in TEXT_FILES:
            path.write_text(renamed(source.read_text(encoding="utf-8"), name, target, reference), encoding="utf-8")
        else:
            shutil.copyfile(source, path)
        yield path


def renamed(text: str, name: NewName, target: Path, reference: str) -> str:
    """A template file's text under the new name: its function, module, pipeline, output folder and title."""
    package = ".".join(target.parts)
    for old, new in (
        ("generation.core_components.template.template", f"{package}.{name.snake}"),
        ("generation.core_components.template", package),
        ("generation/core_components/template", target.as_posix()),
        ("pipeline: template", f"pipeline: {reference}"),
        ("outputs/template", f"outputs/{name.dashed}"),
        ("def template(", f"def {name.snake}("),
        ("`template.py`", f"`{name.snake}.py`"),
        ("# Template", f"# {name.dashed.replace('-', ' ').capitalize()}"),
        # What the template says of being a template.
        (": the pipeline to copy. `./start.sh new NAME` makes it yours.", "."),
        ("\ndataset. It is here to be copied:\n\n    ./start.sh new my-pipeline\n", "\ndataset.\n"),
        ("Copy this file to configs/, change it there, and run it:", "Run it:"),
        ("run configs/my-poems.yaml", f"run {(target / 'config.yaml').as_posix()}"),
    ):
        text = text.replace(old, new)
    return text


def _check_free(target: Path, name: NewName, reference: str) -> None:
    from commands.job import this_project

    if target.exists():
        raise ConfigError(f"{target} is there already", hint="choose another name, or remove the folder first")
    if not all(part.isidentifier() for part in target.parts):
        raise ConfigError(
            f"Python cannot import a pipeline from {target}",
            hint="--into takes a folder of the project, each part of its path a Python name",
        )
    taken = [entry.path for entry in this_project().catalog.list() if entry.name == name.dashed]
    if taken and reference == name.dashed:
        raise ConfigError(f"'{name.dashed}' already names a pipeline: {taken[0]}", hint="choose another name")


def _tell(target: Path, reference: str) -> None:
    config = str(target / "config.yaml")
    say()
    say(paint("try it (offline, with no key):", "bold"))
    for words in (("show", reference), ("preview", config, "-n", "3"), ("run", config)):
        say(f"  {command_line(*words)}")
    say("then make it yours:")
    files = ((target / "prompts", "what is asked"), (target / f"{target.name}.py", "what is done with the answers"))
    for line in table([(str(path), what) for path, what in files]):
        say(line)
