"""Run pipelines, and look into what they made. `python run_pipeline.py --help` lists the verbs."""

from __future__ import annotations

import argparse
import os
import sys
from types import ModuleType
from typing import TextIO, cast

VERBS: dict[str, tuple[str, str]] = {
    "run": ("commands.run", "run a config, or all of super_config.yaml; a run that stopped goes on"),
    "preview": ("commands.preview", "show every step of a few rows before paying for all of them"),
    "estimate": ("commands.estimate", "estimate calls, tokens, cost and time from a small sample"),
    "validate": ("commands.validate", "check configs, and list every problem at once"),
    "list": ("commands.list_", "list the pipelines there are"),
    "show": ("commands.show", "show a pipeline's parameters, steps and prompts"),
    "new": ("commands.new", "begin a pipeline of your own from the template"),
    "status": ("commands.status", "show how a run stands, and why rows are missing"),
    "rows": ("commands.rows", "read a run's rows: kept, dropped or failed"),
    "lineage": ("commands.lineage", "follow one row from its source document to its final form"),
    "retry": ("commands.retry", "try a run's failed or dropped rows again"),
    "export": ("commands.export", "write a run's dataset in another format"),
    "report": ("commands.report", "look at a dataset before training on it: findings, figures and rows to read"),
    "diff": ("commands.diff", "compare two runs, or the effects of two configs"),
    "doctor": ("commands.doctor", "check the machine, the keys and the endpoints"),
}
"""Each verb's module and what it does. A module is imported once its verb is asked for: help answers at once."""

TYPED = os.environ.get("MILLRACE_COMMAND")
"""How this program was called, where a front door called it."""


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line and give its exit code: design contract, 0 to 5 and 130."""
    _open_what_is_closed()
    try:
        return _answer(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # before a run listens to signals, or in a verb that is no run
        sys.stderr.write("\ninterrupted\n")
        return 130


def _open_what_is_closed() -> None:
    """Standard files that the caller closed: what is opened next would get their numbers, and be printed into."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _answer(arguments: list[str]) -> int:
    verb, rest = split(arguments)
    if verb == "--help":
        sys.stdout.write(f"{_help()}\n")
        return 0
    if verb == "--version":
        sys.stdout.write(f"millrace {_version()}\n")
        return 0
    if verb not in VERBS:
        return _unknown(verb)
    return _carry_out(verb, rest)


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The verb and what it is given. Options alone, or a YAML file, are meant for `run`."""
    first = arguments[0] if arguments else ""
    if first in ("-h", "--help", "help"):
        return (arguments[1], ["--help"]) if first == "help" and arguments[1:] else ("--help", [])
    if first == "--version":
        return first, []
    if not first or first.startswith("-") or first.endswith((".yaml", ".yml")):
        return "run", arguments
    return first, arguments[1:]


def _carry_out(verb: str, arguments: list[str]) -> int:
    try:
        known = parser_of(verb).parse_args(arguments)
    except ModuleNotFoundError as exc:  # a verb's own imports, in a Python that nothing was installed for
        from commands.terminal import print_error

        print_error(exc, debug="--debug" in arguments)
        return 1
    if known.debug:
        _log_everything()
    from contextlib import redirect_stderr

    from commands.terminal import Overheard

    with redirect_stderr(cast(TextIO, Overheard(sys.stderr))):
        return _guarded(_module(verb), known)


def parser_of(verb: str) -> argparse.ArgumentParser:
    """The parser of a verb's arguments and options, which its help and the reference are made from."""
    module = _module(verb)
    parser = argparse.ArgumentParser(
        prog=f"{TYPED or 'run_pipeline.py'} {verb}", description=module.__doc__, allow_abbrev=False
    )
    module.add_arguments(parser)
    parser.add_argument("--debug", action="store_true", help="show tracebacks and the libraries' own logging")
    return parser


def _module(verb: str) -> ModuleType:
    from importlib import import_module

    return import_module(VERBS[verb][0])


def _guarded(module: ModuleType, arguments: argparse.Namespace) -> int:
    try:
        code: int = module.execute(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe (`head`) has what it wanted
        from commands.terminal import forget

        forget(sys.stdout)
        return 0
    except Exception as exc:  # noqa: BLE001  whatever went wrong is told in one shape
        from commands.terminal import print_error

        print_error(exc, debug=arguments.debug)
        return int(getattr(exc, "exit_code", 1))
    return code


def _log_everything() -> None:
    import logging

    logging.basicConfig(level=logging.DEBUG, format="%(relativeCreated)8d ms %(name)s: %(message)s", stream=sys.stderr)


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:<{width}}  {line}" for name, (_, line) in VERBS.items())
    return (
        "usage: python run_pipeline.py [VERB] [OPTIONS]\n\n"
        "Documents into datasets. Without a verb, the configs of super_config.yaml are run in order.\n\n"
        f"verbs:\n{verbs}\n\n"
        f"Each verb has its own help: {TYPED or 'python run_pipeline.py'} VERB --help\n"
        "--version prints the version. --debug, after a verb, shows tracebacks.\n\n"
        "exit codes: 0 ok, 1 failed, 2 usage or config, 3 too many rows failed, 4 stopped by budget or limit,\n"
        "            5 the output folder is in use, 130 interrupted (saved)"
    )


def _version() -> str:
    import tomllib
    from pathlib import Path

    project = Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(project)["project"]["version"])


def _unknown(verb: str) -> int:
    from commands.terminal import print_problem
    from generation_functions.config.suggestions import did_you_mean

    listed = f"{TYPED or 'python run_pipeline.py'} --help lists the verbs"
    print_problem(f"there is no verb '{verb}'", did_you_mean(verb, VERBS) or listed)
    return 2


if __name__ == "__main__":
    sys.exit(main())
