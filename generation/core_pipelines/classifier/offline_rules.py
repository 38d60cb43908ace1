"""What a model would have said of texts and classes, by rules: a text is of the class whose words it has most of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.languages import FUNCTION_WORDS

Values = Mapping[str, Any]

_SMALL = frozenset().union(*FUNCTION_WORDS.values())
_STEM = 5


def write_rules(values: Values, rng: Random) -> str:
    """One rule for each class, out of its description."""
    rules = [f"{n}. {name}: a text that is about {words}" for n, (name, words) in enumerate(_classes(values), 1)]
    return "\n".join(["Each class is told by what its texts are about.", "<rules>", *rules, "</rules>"])


def label_text(values: Values, rng: Random) -> str:
    """The class with most of its description's words in the text; of those that are equal, one by the text's length."""
    text = _stems(values["text"])
    found = [(len(_stems(words) & text), name) for name, words in _classes(values)]
    most = max(count for count, _ in found)
    equal = [name for count, name in found if count == most]
    label = equal[len(values["text"]) % len(equal)]
    return f"Reason: The text has {most} of its words.\nVerdict: {label}"


def _classes(values: Values) -> list[tuple[str, str]]:
    return re.findall(r"^- (.+?): (.*)$", values["classes"], re.MULTILINE)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in _SMALL}
