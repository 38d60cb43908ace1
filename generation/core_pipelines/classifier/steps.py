"""The steps of `classifier`: rules out of descriptions, and labels by them."""

from __future__ import annotations

from collections.abc import Mapping

from generation.core_pipelines.classifier import offline_rules, stand_ins
from generation.core_pipelines.classifier.plurality import PluralityStep
from generation_functions import OneOffStep
from generation_functions.errors import ConfigError
from generation_functions.parsing import tag

write_rules = OneOffStep(
    "write_rules",
    parse=tag("rules"),
    offline=offline_rules.write_rules,
    stand_ins=stand_ins.write_rules,
    sampling={"temperature": 0.2, "max_tokens": 2000},
)

label_text = PluralityStep(
    "label_text",
    offline=offline_rules.label_text,
    stand_ins=stand_ins.label_text,
    sampling={"temperature": 0.5, "max_tokens": 500},
)


def check_classes(classes: Mapping[str, str]) -> None:
    """Raise `ConfigError` where there are fewer than two classes, or names that a verdict cannot tell apart."""
    if len(classes) < 2:
        raise ConfigError(
            f"a classifier needs two classes, and there {'is one' if classes else 'are none'}",
            hint="write `classes:` as a mapping of each class's name to what belongs to it",
        )
    bad = next((name for name in classes if not name.strip() or set(name) & set("|\n\r:")), None)
    if bad is not None:
        raise ConfigError(f"{bad!r} cannot name a class", hint="use words, without | and : and line breaks")
    folded = [name.casefold() for name in classes]
    double = next((name for name in classes if folded.count(name.casefold()) > 1), None)
    if double is not None:
        raise ConfigError(f"two classes are called {double!r}, but for case", hint="give one of them another name")


def listed(classes: Mapping[str, str]) -> str:
    """The classes as a prompt shows them."""
    return "\n".join(f"- {name}: {description}" for name, description in classes.items())
