"""Rows of a schema: read from answers, judged by their quotes, and the pipeline from documents to rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_components.reading import Reading
from generation.core_pipelines.extract_structured import steps
from generation.core_pipelines.extract_structured.extract_structured import extract_structured
from generation.core_pipelines.extract_structured.records import Extraction, records
from generation_functions import Dataset, Drop, ParseError, Row, Run
from generation_functions.errors import ConfigError
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import OFFLINE, manifest_of, rows_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "who": {"type": "string"},
        "year": {"type": "integer"},
        "kinds": {"type": "array", "items": {"type": "string"}},
        "state": {"enum": ["alive", "dead"]},
    },
    "required": ["who"],
    "additionalProperties": False,
}
TEXT = "Isaac Newton explained the tides in 1687. He studied light and gravity. He died in London."


def found(**fields: Any) -> Row:
    evidence = {name: field and {"value": field[0], "quote": field[1:]} for name, field in fields.items()}
    return Row("a" * 32, {"text": TEXT, "found": evidence, "start": 100, "overlap": 10})


def test_fields_keep_their_places_in_the_document() -> None:
    row = found(
        who=("Newton", "Isaac Newton"), year=(1687, "in 1687"), kinds=(["light", "gravity"], "light", "gravity")
    )
    made = Extraction(SCHEMA).supported(row)
    assert made["record"] == {"who": "Newton", "year": 1687, "kinds": ["light", "gravity"]}
    assert made["spans"]["who"] == [{"start": 90, "end": 102, "quote": "Isaac Newton"}]
    assert [span["quote"] for span in made["spans"]["kinds"]] == ["light", "gravity"]
    document = "." * 90 + TEXT
    for spans in made["spans"].values():
        assert all(document[span["start"] : span["end"]] == span["quote"] for span in spans)


def test_a_field_without_support_is_left_out_and_told() -> None:
    made = Extraction(SCHEMA).supported(found(who=("Newton", "Isaac Newton"), year=(1688, "in 1687"), state=None))
    assert made["record"] == {"who": "Newton"}
    assert "1688" in made["metadata"]["unsupported"]["year"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"who": ("Newton", "Sir Isaac")}, "who: its quote 'Sir Isaac' does not stand in the text"),
        ({"who": ("Kepler", "Isaac Newton")}, "'Kepler' is not in the quote"),
        ({"who": None, "year": (1687, "in 1687")}, "'who' is a required property"),
        ({}, "'who' is a required property"),
    ],
)
def test_a_record_without_support_is_dropped_with_its_reason(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Drop, match=why):
        Extraction(SCHEMA).supported(found(**fields))


def test_choices_are_judgements_that_need_only_a_quote() -> None:
    made = Extraction(SCHEMA).supported(found(who=("Newton", "Isaac Newton"), state=("dead", "He died")))
    assert made["record"]["state"] == "dead"


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ('{"records": []}', []),
        ('Here:\n```json\n[{"who": {"value": "A", "quote": "A"}}]\n```', [{"who": {"value": "A", "quote": ["A"]}}]),
        ('{"records": [{"who": null, "year": {"value": null, "quote": ""}}]}', [{"who": None, "year": None}]),
        ('{"records": [{"who": {"value": ["A", "B"], "quote": ["a", "b"]}}]}',
         [{"who": {"value": ["A", "B"], "quote": ["a", "b"]}}]),
    ],
)  # fmt: skip
def test_records_are_read(completion: str, expected: Any) -> None:
    assert records(completion) == expected


@pytest.mark.parametrize(
    "completion",
    ["none", '{"rows": []}', '{"records": ["A"]}',
     '{"records": [{"who": "A"}]}', '{"records": [{"who": {"value": "A"}}]}',
     '{"records": [{"who": {"value": "A", "quote": 3}}]}', '{"records": [{"who": {"value": "A", "quote": []}}]}'],
)  # fmt: skip
def test_what_is_no_list_of_records_is_refused(completion: str) -> None:
    with pytest.raises(ParseError):
        records(completion)


def test_a_value_of_the_wrong_type_is_told_to_the_model() -> None:
    wrong = [{"who": {"value": "A", "quote": ["A"]}, "year": {"value": "1687", "quote": ["1687"]}}]
    assert "Record 1: year: '1687' is not of type 'integer'" in str(Extraction(SCHEMA).misfit(wrong, {}))
    assert Extraction(SCHEMA).misfit([{"who": None, "year": None}], {}) is None


@pytest.mark.parametrize(
    "schema",
    [{"type": "objekt"}, {"type": "array", "items": {"type": "string"}}, {"type": "object"}, {"properties": 3}],
)
def test_a_schema_that_is_no_table_is_a_mistake_of_the_config(schema: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="schema"):
        Extraction(schema)


async def run_on(tmp_path: Path, text: str, **settings: Any) -> Dataset:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / "notes.txt").write_text(text, encoding="utf-8")
    async with Run(tmp_path / "out") as run:
        return await extract_structured(run, input_dir=tmp_path / "in", extractor=OFFLINE, **settings)


async def test_every_span_stands_in_the_document(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"Isaac Newton wrote letter number {n} in {1660 + n}. It was long and he was cold." for n in range(40)
    )
    dataset = await run_on(tmp_path, text, schema=SCHEMA, chunk_tokens=90, reading=Reading(overlap=20))
    rows = [json.loads(line) for line in dataset.path.read_text().splitlines()]
    assert len(rows) >= 40
    for row in rows:
        spans = [span for name in row["record"] for span in row["spans"][name]]
        assert all(text[span["start"] : span["end"]] == span["quote"] for span in spans)
        assert row["spans"]["year"][0]["quote"] == str(row["record"]["year"])


async def test_a_second_run_asks_nothing_and_what_holds_nothing_is_dropped(tmp_path: Path) -> None:
    first = await run_on(tmp_path, "It was cold and it rained all day.", schema=SCHEMA)
    assert first.rows == 0
    assert rows_of(tmp_path / "out", "extract", "dropped")[0]["reason"] == steps.extract.empty
    await run_on(tmp_path, "It was cold and it rained all day.", schema=SCHEMA)
    assert sum(step.get("calls", 0) for step in manifest_of(tmp_path / "out")["steps"].values()) == 0


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "extract-structured", chunk_tokens=200)
    assert calm.datasets()["records.jsonl"]
