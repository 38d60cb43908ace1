"""Answers in the forms that prompts of Augmentoolkit 3 ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AfterHeading:
    """Reads what stands after the last "heading:" of a completion, or all of it where it has none.

    Raises what `parse` does.
    """

    heading: str
    parse: Callable[[str], Any]

    def __call__(self, completion: str) -> Any:
        spelled = re.escape(self.heading).replace("Judgment", "Judge?ment")
        marks = list(re.finditer(rf"{spelled}[*_\s]*:", completion, re.IGNORECASE))
        return self.parse(completion[marks[-1].end() :] if marks else completion)


after = AfterHeading
