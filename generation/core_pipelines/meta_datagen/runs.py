"""Runs whose exchanges are to be trained on, and the rows they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from generation.core_components.languages import kept_language
from generation.core_pipelines.meta_datagen.secret_words import holds_secret, secrets_of
from generation.core_pipelines.meta_datagen.training_rows import conversation
from generation.core_pipelines.meta_datagen.winners import Answers, Verdict
from generation_functions import Row, Run
from generation_functions.config.secrets import Secrets
from generation_functions.errors import ConfigError
from generation_functions.languages import detect_language
from generation_functions.rows import content_key
from generation_functions.run.folder import CONFIG_FILE
from generation_functions.run.manifest import MANIFEST_FILE, read_manifest, runs_within
from generation_functions.run.shard_stores import STORE_FILE
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT, StoreReader
from generation_functions.streams.stage import Stage
from generation_functions.streams.stream import Stream

ANSWERS = "answers"


@dataclass(frozen=True)
class Wish:
    """Which answers are wanted, and how they are written down."""

    steps: Sequence[str]
    leave_out: Sequence[str]
    least_reached: float
    most_of_step: int | None
    examples: bool
    thoughts: bool
    languages: Sequence[str] = ()

    def wants(self, step: str) -> bool:
        """Whether a step's answers are wanted."""
        chosen = any(fnmatchcase(step, pattern) for pattern in self.steps)
        return chosen and not any(fnmatchcase(step, pattern) for pattern in self.leave_out)

    def foreign(self, answer: str) -> str | None:
        """Why an answer's language is not wanted; None where it is."""
        if not self.languages:
            return None
        wanted, reason = kept_language(detect_language(answer), self.languages)
        return None if wanted else reason


def answers_of(run: Run, folders: Sequence[Path], wish: Wish) -> Stream:
    """A stream of conversations: what the models of each run, and of runs inside it, were asked and answered well.

    What does not count has its reason on record. Raises `ConfigError`, `StoreError` for a folder that is no run.
    """
    if not folders:
        raise ConfigError("there are no runs to learn from", hint="list their output folders under `runs:`")
    past = [PastRun.at(each) for folder in folders for each in (folder, *runs_within(folder))]
    stage = Stage(ANSWERS)

    def rows() -> Iterator[Row]:
        sieve = _Sieve(wish.most_of_step)
        for each in past:
            for row, against in each.rows(wish):
                row, against = sieve.sifted(row, against)
                fields = row.fields if against is None else {"step": row["metadata"]["step"]}
                kept = Outcome(KEPT, [(row, fields)])
                run.record(stage, row, kept if against is None else Outcome.dropped(against, fields))
                if against is None:
                    yield row

    return Stream(run, rows, (stage,))


@dataclass(frozen=True)
class PastRun:
    """A run to learn from: its folder, its pipeline, what must not leave it, and which of its models were rules."""

    folder: Path
    pipeline: str
    secrets: Secrets
    by_rules: frozenset[str]

    @classmethod
    def at(cls, folder: Path) -> PastRun:
        """The run of an output folder. Raises `StoreError` where it is none."""
        pipeline = read_manifest(folder)["pipeline"]
        text = _config_of(folder)
        return cls(folder, pipeline, secrets_of(text, Path()), frozenset(_offline_models(text)))

    def rows(self, wish: Wish) -> Iterator[tuple[Row, str | None]]:
        """A row for each wanted answer, and why it does not count, if so; one that holds a secret has no words."""
        with closing(StoreReader(self.folder / STORE_FILE)) as store:
            for number, verdict in enumerate(Answers(store, wish.least_reached)):
                if not wish.wants(verdict.step):
                    continue
                talk = conversation(verdict.question, verdict.answer, examples=wish.examples, thoughts=wish.thoughts)
                secret = holds_secret(talk, self.secrets)
                row = self._row(verdict, [] if secret else talk, content_key("exchange", talk), number)
                against = "it holds a secret" if secret else verdict.against
                yield row, against or wish.foreign(verdict.answer["text"])

    def _row(self, verdict: Verdict, messages: list[dict[str, Any]], key: str, number: int) -> Row:
        model = verdict.answer["model"]
        told = {"pipeline": self.pipeline, "step": verdict.step, "run": self.folder.name, "model": model}
        offline = {"writer": "offline"} if model in self.by_rules else {}
        fields = {"messages": messages, "source": self.pipeline, "metadata": {**told, **offline}}
        # With its source row as its root, all answers about that row are on one side of a split.
        return Row(key, fields, (str(self.folder), number), (), verdict.root)


@dataclass
class _Sieve:
    """Lets each exchange through once, and of each step no more than is wanted."""

    most: int | None
    seen: Counter[str] = field(default_factory=Counter)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def sifted(self, row: Row, against: str | None) -> tuple[Row, str | None]:
        self.seen[row.key] += 1
        step = (row["metadata"]["pipeline"], row["metadata"]["step"])
        if self.seen[row.key] > 1:
            again = Row(content_key(row.key, self.seen[row.key]), row.fields, row.place, (), row.root)
            return again, against or "the same exchange stands there already"
        if against is None and self.most is not None and self.taken[step] >= self.most:
            return row, "its step has enough"
        self.taken[step] += against is None
        return row, against


def _config_of(folder: Path) -> str:
    """The config a run was made by; of a run inside another that one's. Empty for a run that was made without."""
    around = (folder, *folder.resolve().parents)
    found = (each / CONFIG_FILE for each in around if (each / MANIFEST_FILE).is_file())
    return next((path.read_text(encoding="utf-8") for path in found if path.is_file()), "")


def _offline_models(config: str) -> set[str]:
    """Names of the models that were rules. A run in a notebook has no config; its offline model is called so."""
    models = (yaml.safe_load(config) or {}).get("models") or {} if config else {}
    return {name for name, spec in models.items() if spec.get("provider") == "offline"} | {"offline"}
