"""`estimate`: the arithmetic by itself, then a sample really run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.forecast import Load, Sample, forecast
from generation_functions.models.model import ModelSpec, Price
from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import write_project

ROW = {"large": Load(calls=3, input_tokens=1_000, output_tokens=200, seconds=6.0)}
LARGE = ModelSpec(model="m", max_in_flight=4, price=Price(input=2.0, output=10.0))


def rows_of(*calls: int) -> list[dict[str, Load]]:
    return [{"large": Load(count, count * 100, count * 10, count * 1.0)} for count in calls]


def test_a_sample_is_scaled_to_its_total() -> None:
    found = forecast([Sample(500, [ROW] * 10)], {"large": LARGE}, seed=0)
    large = found.models["large"]
    assert (large.calls.likely, large.input_tokens.likely, large.output_tokens.likely) == (1500, 500_000, 100_000)
    assert found.cost_usd is not None
    assert found.cost_usd.likely == pytest.approx(0.5 * 2 + 0.1 * 10)
    assert large.calls.low == pytest.approx(large.calls.high), "equal rows leave no doubt"


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ({"max_in_flight": 1}, 600.0),
        ({"max_in_flight": 60}, 10.0),
        ({"max_in_flight": 60, "requests_per_minute": 10}, 1800.0),
        ({"max_in_flight": 60, "tokens_per_minute": 12_000}, 600.0),
    ],
)
def test_time_is_what_the_tightest_limit_makes_it(limits: dict[str, float], seconds: float) -> None:
    spec = ModelSpec(model="m", **limits)  # type: ignore[arg-type]
    assert forecast([Sample(100, [ROW])], {"large": spec}, seed=0).seconds.likely == pytest.approx(seconds)


def test_no_run_is_faster_than_one_row() -> None:
    spec = ModelSpec(model="m", max_in_flight=100_000)
    assert forecast([Sample(10, [ROW])], {"large": spec}, seed=0, one_row_s=42.0).seconds.low == 42.0


def test_models_of_one_endpoint_share_its_limits_and_others_do_not() -> None:
    rows = [{"a": Load(seconds=10.0), "b": Load(seconds=10.0)}]
    spec, other = ModelSpec(model="m", max_in_flight=1), ModelSpec(model="n", max_in_flight=1)
    assert forecast([Sample(1, rows)], {"a": spec, "b": spec}, seed=0).seconds.likely == 20.0
    assert forecast([Sample(1, rows)], {"a": spec, "b": other}, seed=0).seconds.likely == 10.0


@pytest.mark.parametrize(
    ("spec", "cost"),
    [(ModelSpec(model="m"), None), (ModelSpec(provider="offline"), 0.0), (LARGE, 0.004), (None, None)],
)
def test_a_price_that_is_not_known_is_not_a_price_of_nothing(spec: ModelSpec | None, cost: float | None) -> None:
    found = forecast([Sample(1, [ROW])], {"large": spec} if spec else {}, seed=0)
    shown = found.models["large"].cost_usd
    assert (shown.likely if shown is not None else None) == (cost and pytest.approx(cost))
    assert (found.cost_usd is None) == (cost is None)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.integers(0, 500), st.integers(0, 5))
def test_a_range_holds_its_likely_value_and_closes_as_the_sample_grows(calls: list[int], more: int, seed: int) -> None:
    rows = rows_of(*calls)
    found = forecast([Sample(len(rows) + more, rows)], {"large": LARGE}, seed=seed, resamples=50).models["large"]
    assert found.calls.low <= found.calls.likely <= found.calls.high
    if more == 0:
        assert found.calls.low == pytest.approx(found.calls.high), "every row was tried"
    assert (
        found == forecast([Sample(len(rows) + more, rows)], {"large": LARGE}, seed=seed, resamples=50).models["large"]
    )


def test_a_range_mostly_holds_the_truth() -> None:
    from random import Random

    rng = Random(7)
    inside = 0
    for trial in range(100):
        population = rows_of(*(rng.randrange(1, 10) for _ in range(200)))
        truth = sum(row["large"].calls for row in population)
        calls = forecast([Sample(200, rng.sample(population, 20))], {}, seed=trial, resamples=200).models["large"].calls
        inside += calls.low <= truth <= calls.high
    assert inside >= 75


def test_no_rows_cost_nothing() -> None:
    assert forecast([], {}, seed=0).seconds.likely == 0


# The verb


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    documents = {f"d{n}.txt": f"Mill number {n} stood by the river." * (1 + n % 3) for n in range(30)}
    return caller(write_project(tmp_path, documents=documents), monkeypatch, capsys)


def test_a_sample_of_all_rows_foretells_the_run_exactly(call: Call, tmp_path: Path) -> None:
    (tmp_path / "docs" / "twin.txt").write_text((tmp_path / "docs" / "d0.txt").read_text())
    found = json.loads(call("estimate", "config.yaml", "--sample", "100", "--json").out)
    assert (found["source_rows"], found["sample"]["rows"]) == (31, 31)
    ran = json.loads(call("run", "config.yaml", "--quiet", "--json").out)
    paid = ran["paid"]["small"]
    expected = {"calls": paid["answers"], "input_tokens": paid["input_tokens"], "output_tokens": paid["output_tokens"]}
    likely = {name: found["models"]["small"][name]["likely"] for name in expected}
    assert likely == pytest.approx(expected), "what twins share is counted once"
    assert ran["calls"] == 0, "the run takes the sample's answers over"


def test_a_small_sample_is_scaled_and_drawn_from_everywhere(call: Call) -> None:
    found = json.loads(call("estimate", "config.yaml", "--sample", "6", "--json").out)
    assert found["source_rows"] == 30
    assert found["sample"] == {"rows": 6, "calls": 18, "reused": 0, "cost_usd": 0}
    assert found["models"]["small"]["calls"]["likely"] == pytest.approx(90)
    again = json.loads(call("estimate", "config.yaml", "--sample", "6", "--json").out)
    assert again["sample"]["reused"] == 18, "the same seed draws the same rows"
    rows = call("rows", "out/.preview", "--json", "-n", "0", "--step", "write_poem", "--fields", "source")
    sources = {row["fields"]["source"] for row in json_lines(rows)}
    assert len(sources) == 6
    assert sources != {f"d{n}.txt" for n in (0, 1, 10, 11, 12, 13)}, "not just the first"


def test_a_limit_is_the_whole_of_what_is_estimated(call: Call) -> None:
    found = json.loads(call("estimate", "config.yaml", "--limit", "10", "--sample", "4", "--json").out)
    assert (found["source_rows"], found["sample"]["rows"]) == (10, 4)


def test_it_says_what_the_sample_was_and_what_the_range_means(call: Call) -> None:
    told = call("estimate", "config.yaml", "--sample", "6")
    assert told.code == 0
    for part in ("30 source rows", "From 6 source rows drawn at random from 30", "90 %", "rules answer", "$0"):
        assert part in told.out


CHAIN = """

async def chained(run: Run, *, input_dir: Path, writer: Model) -> Dataset:
    \"\"\"A run that writes texts, and one that reads them.\"\"\"
    first = run.child("first")
    await poems(first, input_dir=input_dir, writer=writer)
    texts = first.output_dir / "texts"
    texts.mkdir(exist_ok=True)
    for number, line in enumerate((first.output_dir / "datasets" / "poems.jsonl").read_text().splitlines()):
        (texts / f"{number:02}.txt").write_text(line)
    return await poems(run.child("second"), input_dir=texts, writer=writer)
"""


def test_of_a_composition_each_run_inside_it_is_told_and_what_reads_a_sample_is_scaled_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = {f"{n:02}.txt": f"The mill number {n} on the river was built in {1700 + n}." for n in range(24)}
    project = write_project(tmp_path, documents=documents)
    with (project / "poems.py").open("a") as file:
        file.write(CHAIN)
    config = (project / "config.yaml").read_text()
    (project / "config.yaml").write_text(config.replace(":poems", ":chained").replace("  chunk_tokens: 100\n", ""))
    call = caller(project, monkeypatch, capsys)

    (found,) = json_lines(call("estimate", "config.yaml", "--sample", "6", "--json"))
    inside = {part: models["small"]["calls"]["likely"] for part, models in found["runs_inside"].items()}
    told = call("estimate", "config.yaml", "--sample", "6")
    assert "run inside it" in told.out

    ran = call("run", "config.yaml", "--json", "--quiet")
    assert ran.code == 0, ran.err
    real = {}
    for part in ("first", "second"):
        steps = json.loads((project / "out" / part / "run.json").read_text())["steps"].values()
        real[part] = sum(step["calls"] + step["reused"] for step in steps)
    assert inside == pytest.approx(real)
    assert found["models"]["small"]["calls"]["likely"] == pytest.approx(sum(real.values()))
    assert found["sample"]["calls"] == sum(real.values()) / 4


def test_a_pipeline_that_asks_no_model_costs_nothing(call: Call, tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text("pipeline: poems.py:idle\noutput_dir: idle\n")
    with (tmp_path / "poems.py").open("a") as file:
        file.write(
            '\n\nasync def idle(run: Run) -> Dataset:\n    """Count."""\n'
            '    return await run.write(run.rows([{"n": 1}]), "numbers")\n'
        )
    told = call("estimate", "plain.yaml")
    assert told.code == 0
    assert "no model is asked" in told.out
