"""What is tried: shipped pipelines by their own configs, small enough to be run some hundreds of times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
import yaml

from tests.answering_by_rules import by_rules
from tests.documents.made_office import made_docx
from tests.end_to_end.project import ROOT, paragraph
from tests.fake_endpoint import FakeEndpoint, Fault, Plan

KEY = "sk-canary-9fQ2xW"
KEY_NAME = "CHAOS_KEY"
IN_FLIGHT = 8
HASTY_S, PATIENT_S = 2.0, 60.0
"""Longest a call may take: where calls are to time out, and where a machine that stalls must not look like it."""
REMARK = "\n\n(Your last answer could not be used"


@dataclass(frozen=True, eq=False)
class Subject:
    """A pipeline, and what of its shipped config is changed."""

    pipeline: str
    changes: Mapping[str, Any]

    def config(self, base_url: str, output: Path, timeout_s: float) -> str:
        """Its config as YAML, with the endpoint for every model in it."""
        place = ROOT / "generation" / "core_pipelines" / self.pipeline.replace("-", "_") / "config.yaml"
        shipped = yaml.safe_load(place.read_text(encoding="utf-8"))
        model = {
            "model": "fake-model", "base_url": base_url, "api_key": f"${{{KEY_NAME}}}", "max_in_flight": IN_FLIGHT,
            "timeout_s": timeout_s,
        }  # fmt: skip
        kept = {name: value for name, value in _without(shipped, set(self.changes)).items() if value != {}}
        models = {name: dict(model) for name in shipped["models"]}
        return yaml.safe_dump({**kept, "models": models, "output_dir": str(output), **self.changes})


@dataclass(frozen=True)
class Calm:
    """The run to which nothing happened.

    files       of the datasets, with their bytes
    asked       how often each question reached the endpoint
    seconds     from the start of its process to its end
    operations  on files of its folder: opened for writing, renamed, removed
    size        of its folder, in bytes
    """

    files: Mapping[str, bytes]
    asked: Counter[bytes]
    seconds: float
    operations: int
    size: int


PIPELINES = ("factual-qa", "rephrase-dataset", "tool-use")


def subjects(folder: Path) -> tuple[Subject, ...]:
    """The pipelines that are tried; their documents are written into a folder."""
    talks = ROOT / "generation" / "core_components" / "conversations" / "samples" / "talks.jsonl"
    documents = _write_documents(folder / "documents")
    changes = ({"input_dir": str(documents), "chunk_tokens": 110}, {"input": str(talks)}, {"conversations": 10})
    return tuple(map(Subject, PIPELINES, changes))


def _write_documents(folder: Path) -> Path:
    """Texts, and two Word files: those are read in processes of their own, which may outlive nobody."""
    folder.mkdir(parents=True)
    for d in range(4):
        (folder / f"document{d}.txt").write_text("\n\n".join(paragraph(d, p) for p in range(4)))
    for d in (4, 5):
        (folder / f"document{d}.docx").write_bytes(made_docx([("p", paragraph(d, p)) for p in range(2)]))
    return folder


def _without(config: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    kept = {name: value for name, value in config.items() if name not in names}
    return {name: _without(value, names) if isinstance(value, dict) else value for name, value in kept.items()}


def endpoint(plan: Plan | None = None) -> FakeEndpoint:
    """One that answers by the pipelines' own rules."""
    return FakeEndpoint(answer=steadfast, key=KEY, plan=plan or at_its_own_pace)


def steadfast(body: Mapping[str, Any]) -> str:
    """The same answer to a question that is put again with a remark on the last answer: that one was a fault's."""
    turns = [{**turn, "content": turn["content"].partition(REMARK)[0]} for turn in body["messages"]]
    return by_rules({**body, "messages": turns})


def at_its_own_pace(_number: int, body: dict[str, Any]) -> Fault:
    """No fault; what a call takes is drawn from what it asks."""
    return Fault(delay=Random(orjson.dumps(body)).uniform(0.005, 0.06))


@dataclass
class Wrong:
    """A plan of faults: a share of the calls go wrong, one question twice at most, so that none has to be given up.

    A question that is put again with a remark on the last answer is the same question.
    """

    seed: int
    share: float
    met: Counter[bytes] = field(default_factory=Counter)
    count: int = 0

    def __call__(self, number: int, body: dict[str, Any]) -> Fault:
        question = orjson.dumps([turn["content"].partition(REMARK)[0] for turn in body["messages"]])
        rng = Random(f"{self.seed} {number}")
        if rng.random() >= self.share or self.met[question] >= 2:
            return at_its_own_pace(number, body)
        self.met[question] += 1
        self.count += 1
        return rng.choice(WRONGS)


WRONGS = (
    Fault.error(429, "busy"), Fault.error(429, "busy", Retry_After="1"), Fault.error(500), Fault.error(503),
    Fault(502, "<html>Bad gateway</html>", content_type="text/html"), Fault(hang=True), Fault(delay=HASTY_S * 1.2),
    Fault(cut=0), Fault(cut=60), Fault(cut=400), Fault(body=""), Fault(body=["no", "object"]), Fault.garbage(),
    Fault.garbage('{"choices": [{"mess'), Fault.edited(content=""), Fault.edited(content=7), Fault.without("choices"),
    Fault.edited(finish_reason="length"), Fault.error(500, f"the key {KEY} is slow today"), Fault.huge(3_000_000),
)  # fmt: skip
"""Refusals, hangs, cuts and lies. A lie that could be taken for an answer is none of them: nobody could tell."""
