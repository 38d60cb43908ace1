"""All that a report tells of one dataset, as plain values: what the page draws, and what `report.json` holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from generation_functions.report.contamination import Contamination
from generation_functions.report.coverage import Coverage
from generation_functions.report.diversity import Diversity
from generation_functions.report.funnel import StepYield
from generation_functions.report.languages import Languages
from generation_functions.report.lengths import Lengths
from generation_functions.report.near_duplicates import Duplicates
from generation_functions.report.reading import Shown
from generation_functions.report.repetition import Openings, Phrases
from generation_functions.report.votes import Agreement
from generation_functions.rows import Json

Level: TypeAlias = Literal["warning", "note"]

FORMAT = "millrace-report"
VERSION = 1


@dataclass(frozen=True)
class Finding:
    """Something that looks wrong (`warning`) or is worth a look (`note`), and the section that shows it."""

    level: Level
    text: str
    section: str


@dataclass(frozen=True)
class Quoted:
    """A row in a few words, by its number in the dataset, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class RunFacts:
    """What the report says of the run a dataset is from."""

    pipeline: str
    status: str
    funnel: tuple[StepYield, ...]
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True)
class Figures:
    """A dataset's figures. What a file alone cannot tell is None; `run` says what only a run knows.

    `unreadable` lines are no rows; `empty` rows hold no text; `offline` rows were written by rules, not by a model.
    """

    name: str
    origin: str
    seed: int
    rows: int
    unreadable: int
    empty: int
    empty_answers: int
    offline: int
    lengths: Lengths
    questions: Openings
    answers: Openings
    phrases: Phrases
    duplicates: Duplicates
    quoted: tuple[tuple[Quoted, ...], ...]
    languages: Languages
    diversity: Diversity
    coverage: Coverage | None
    contamination: Contamination | None
    run: RunFacts | None
    sample: tuple[Shown, ...]


def as_json(figures: Figures, findings: tuple[Finding, ...]) -> dict[str, Json]:
    """The figures and findings as JSON, in a fixed order."""
    return {
        "format": FORMAT, "version": VERSION, "findings": [asdict(finding) for finding in findings],
        **asdict(figures),
    }  # fmt: skip
