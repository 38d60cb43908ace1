"""Write the generated parts of `config-reference.md`: `python docs/generate.py`. `--check` only says if they are stale.

What stands between `<!-- generated: NAME -->` and `<!-- end -->` is drawn from signatures, settings and the command
line's own parsers. What stands around it is written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel  # noqa: E402

from commands.show import bounds, schema_of  # noqa: E402
from generation_functions.config import Catalog, RunSettings, load_super_config  # noqa: E402
from generation_functions.config.annotations import core_type, kind_of  # noqa: E402
from generation_functions.config.schema import fields_inside  # noqa: E402
from generation_functions.models.model import ModelSpec  # noqa: E402
from run_pipeline import VERBS, parser_of  # noqa: E402

PAGE = ROOT / "docs" / "config-reference.md"
COMMAND = "python docs/generate.py"

_REGION = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FILLED_IN = ("api_key_name",)
"""Fields of a model that the loader fills in: no key of a config."""
_OF_EVERY_VERB = ("help", "debug")
"""Options that the page tells of once."""


def main(arguments: list[str]) -> int:
    """Write the page, or check it. 1 where `--check` finds it stale."""
    written = PAGE.read_text(encoding="utf-8")
    text = renewed(written)
    if "--check" in arguments:
        return int(text != written)
    PAGE.write_text(text, encoding="utf-8")
    return 0


def renewed(page: str) -> str:
    """A page's text with its generated parts as they must be now."""

    def drawn(found: re.Match[str]) -> str:
        text = "\n".join(PARTS[found["name"]]()).rstrip()
        return f"{found[1]}\n{text}\n\n{found[3]}"

    return _REGION.sub(drawn, page)


# Settings


def run_settings() -> Iterator[str]:
    """The reserved keys of a config's top level."""
    return table(("key", "kind", "default", "what it is"), settings_rows(RunSettings))


def model_settings() -> Iterator[str]:
    """The keys of one entry of `models:`."""
    return table(("key", "kind", "default", "what it is"), settings_rows(ModelSpec))


def settings_rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, ...]]:
    """A row for each field, and for those of a mapping of its own."""
    drawn = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        if name in _FILLED_IN:
            continue
        inner = item_type(core_type(field.annotation))
        default = "required" if field.is_required() else shown(field.default)
        what = " ".join(filter(None, (field.description, sentence(bounds(drawn[name])))))
        yield f"`{prefix}{name}`", kind_of(field.annotation), default, what
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings_rows(inner, f"{prefix}{name}.")


def item_type(annotation: Any) -> Any:
    """What a list is of; any other type itself."""
    return get_args(annotation)[0] if get_origin(annotation) is list and get_args(annotation) else annotation


# Pipelines


def pipelines() -> Iterator[str]:
    """Each shipped pipeline: what it does, where it is, and its parameters."""
    catalog = Catalog(ROOT, load_super_config(ROOT / "super_config.yaml").aliases)
    for entry in catalog.list():
        schema = schema_of(entry, catalog.load(entry))
        yield from (f"### {entry.name}", "", str(schema["description"]), "")
        yield from (f"[`{entry.path.relative_to(ROOT)}`](../{entry.path.relative_to(ROOT)})", "")
        yield from table(("key", "section", "kind", "default", "what it is"), parameter_rows(schema))
        yield ""


def parameter_rows(schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """A row for each parameter of a pipeline."""
    required = schema.get("required", ())
    for name, drawn in schema["properties"].items():
        inside = fields_inside(drawn, schema)
        default = "required" if name in required else "–" if inside else shown(drawn.get("default"))
        note = drawn.get("x-attention")
        words = (
            drawn.get("description"), sentence(bounds(drawn)), f"**Attention:** {sentence(note)}" if note else None,
        )  # fmt: skip
        yield f"`{name}`", drawn.get("x-group", "–"), drawn["x-kind"], default, " ".join(filter(None, words)) or "–"
        for inner, told in inside.items():
            what = " ".join(filter(None, (told.get("description"), sentence(bounds(told)))))
            yield f"`{name}.{inner}`", drawn.get("x-group", "–"), told["x-kind"], shown(told.get("default")), what


# The command line


def verbs() -> Iterator[str]:
    """Each verb with what it takes."""
    for verb in VERBS:
        parser = parser_of(verb)
        actions = [action for action in parser._actions if action.dest not in _OF_EVERY_VERB]
        positional = " ".join(_positional(action) for action in actions if not action.option_strings)
        yield from (f"### {verb}", "", " ".join((parser.description or "").split()), "")
        yield from ("```text", f"run_pipeline.py {verb} {positional}".rstrip() + " [OPTIONS]", "```", "")
        yield from table(
            ("argument or option", "what it is"), ((_spelled(action), _told(action)) for action in actions)
        )
        yield ""


def _positional(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest.upper())
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]"}.get(str(action.nargs), name)


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_positional(action)}`"
    value = "" if action.nargs == 0 else f" {action.metavar or _choices(action) or action.dest.upper()}"
    return f"`{', '.join(action.option_strings)}{value}`"


def _choices(action: argparse.Action) -> str:
    return "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""


def _told(action: argparse.Action) -> str:
    return (action.help or "–").replace("%%", "%").replace("|", "\\|")


# Markdown


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def shown(value: Any) -> str:
    """A default as it would be written in a config."""
    if value is None or value in ({}, [], "") or isinstance(value, BaseModel):
        return "–"
    return f"`{value}`" if isinstance(value, str | Path) else f"`{json.dumps(value)}`"


def sentence(text: str | None) -> str | None:
    """The words as a sentence; None for none."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else None


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "run-settings": run_settings,
    "model-settings": model_settings,
    "pipelines": pipelines,
    "verbs": verbs,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
