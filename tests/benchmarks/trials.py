"""Each program that measures: words that make it small, the headings of its tables, and what its figures must be."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest

from benchmarks.bare import BARE
from benchmarks.retrieval_questions import QUESTIONS
from tests.benchmarks.program import needs_compiler

Figures = Mapping[str, Any]

needs_embeddings = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("model2vec", "sentence_transformers", "torch")),
    reason="needs model2vec and sentence-transformers: MILLRACE_EMBEDDINGS=1 ./start.sh test installs them",
)
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="--engine ray needs requirements-ray.lock")
MODEL = "{model}"
"""Stands for the folder of a small embedding model."""


@dataclass(frozen=True)
class Trial:
    """One command. `heads` are words that must stand in one printed line each, in this order."""

    program: str
    words: Sequence[str]
    heads: Sequence[Sequence[str]]
    check: Callable[[Figures], None]
    marks: Sequence[pytest.MarkDecorator] = ()
    name: str = ""


def throughput(told: Figures) -> None:
    assert (told["endpoint_calls_s"] is None) == (shutil.which("wrk") is None)
    assert list(told["settings"]) == ["0ms-256", "200ms-256", "200ms-2048"]
    for each in told["settings"].values():
        assert (each["rows"], each["rounds"]) == (20, 1)
        assert each["speed"] == pytest.approx(each["run_rows_s"] / each["bare_rows_s"])
        assert each["processor"] == pytest.approx(each["run_processor_ms"] / each["bare_processor_ms"])
        assert min(each["speed"], each["processor"]) > 0


def row_cost(told: Figures) -> None:
    where = ("Python and libraries", "kernel")
    threads = ("event loop", "thread that writes", "other threads")
    assert sum(told[f"{thread}, {part}"] for thread in threads for part in where) == pytest.approx(told["ms_a_row"])
    assert told["ms_a_row"] > 0
    assert 0 < sum(told[part] for part in ("rows flow", "the dataset is written", "the end")) <= 1


def heavy_tail(told: Figures) -> None:
    assert (told["latency_ms"], told["sigma"]) == (20, 1.0)
    assert (told["rows"], told["calls"]) == (8, 4 + 4 + 3 * 8)
    (once,) = told["rounds"]
    assert told["ratio"] == pytest.approx(once["seconds"] / once["least_s"])
    assert told["ratio_unordered"] == pytest.approx(once["seconds"] / once["unordered_s"])
    assert min(told["ratio"], told["ratio_unordered"]) > 0


def majority_vote(told: Figures) -> None:
    plain, early = told["plain"]["calls"], told["early"]["calls"]
    assert plain == 20 * told["votes"]
    assert 20 * 3 <= early < plain
    assert told["calls"] == pytest.approx(early / plain)
    assert told["other_verdicts"] == 0


def refusals(told: Figures) -> None:
    assert told["time"] == pytest.approx(told["seconds"]["refused"] / told["seconds"]["without"])
    assert told["refused"] == 16, "every fifth of the calls of 60 rows, and of 8 before them"


def memory(told: Figures) -> None:
    assert list(told["runs"]) == ["20 rows", "40 rows"]
    assert min(run["peak_mb"] for run in told["runs"].values()) > 0


def finished(told: Figures) -> None:
    assert (told["rows"], told["further_calls"]) == (20, 0)
    assert set(told["median_s"]) == {"a plain read of the dataset", "the second run"}
    assert min(told["median_s"].values()) > 0


def resume(told: Figures) -> None:
    assert 150 <= told["answered_before"] < told["rows"] == 300, "256 at once are answered before the others begin"
    assert set(told["seconds_to_first_call"]) == {"empty folder", "killed half way"}
    assert min(told["seconds_to_first_call"].values()) > 0


def start_up(told: Figures) -> None:
    assert {"import aiohttp", "import generation_functions", "run_pipeline.py --help"} < set(told["median_s"])
    assert min(told["median_s"].values()) > 0


def chaos(told: Figures) -> None:
    assert list(told["kinds"]) == ["kill -9 at a call", "Ctrl-C"]
    for kind in told["kinds"].values():
        assert (kind["survived"], kind["tried"], kind["not_survived"]) == (1, 1, {})


def readers(told: Figures) -> None:
    assert list(told["formats"]) == list(BARE)
    for each in told["formats"].values():
        assert min(each[name] for name in ("one_share", "two_share", "processor_share", "alone_share")) > 0
        assert min(each[name] for name in ("text_mb", "bare_mb_s", "one_mb_s", "two_mb_s")) > 0
    assert min(told["txt_by_sentence"].values()) > 0
    assert set(told["folder_s"]) == {"first", "again"}


def chunking(told: Figures) -> None:
    assert {"paragraphs packed by length", "by tokens", "by sentence", "near duplicates"} < set(told["mb_per_s"])
    assert min(told["mb_per_s"].values()) > 0
    assert {by: text["megabytes"] for by, text in told["large_text"].items()} == {"tokens": 1, "heading": 1}
    assert list(told["runs"]) == ["files", "txt", "csv", "jsonl"]
    for (run,) in told["runs"].values():
        assert run["chunks"] > 100, "memory is looked at after each hundred"
        assert 0 < run["run_mb"] <= min(run["together_mb"], run["with_dataset_mb"])
    assert told["deduplicated"]["rows"] == 200
    assert 0 < told["deduplicated"]["found"] <= 20, "a tenth of them are made of others"


def estimate(told: Figures) -> None:
    assert set(told["held"]) == {"even lengths, 12 chunks tried", "uneven lengths, 12 chunks tried"}
    for name, held in told["held"].items():
        assert set(held) == {"calls", "input_tokens", "output_tokens", "cost_usd"}
        assert set(held.values()) <= {0, 1}, "one corpus"
        assert all(0 < low == high for low, high in told["likely_over_truth"][name].values())


def retrieval(told: Figures) -> None:
    assert list(told["ways"]) == ["words (BM25)", "words and spellings"]
    assert told["questions"] == sum(map(len, QUESTIONS.values())) <= told["passages"]
    _recalls(told)


def _recalls(told: Figures) -> None:
    for way in told["ways"].values():
        assert list(way) == ["all", *QUESTIONS, "a slip"]
        for kind in way.values():
            assert 0 <= kind["recall@1"] <= kind["recall@3"] <= kind["recall@5"] <= 1
            assert kind["recall@1"] <= kind["mrr"] <= 1


def retrieval_by_a_model(told: Figures) -> None:
    assert list(told["ways"]) == ["words (BM25)", "words and spellings", "small alone", "words and small"]
    assert told["texts_a_second"]["small"] > 0
    _recalls(told)


def local_embedding(told: Figures) -> None:
    assert told["texts"] == 4
    for batch in told["models"]["small"]["batches"].values():
        assert 0 <= batch["changed"] <= 1


def ray_overhead(told: Figures) -> None:
    (engine,) = {"processes", "ray"} & set(told)
    few, many = (told["seconds"][f"{engine}, {count} shards"] for count in (1, 2))
    found, alone = told[engine], told["seconds"]["alone"]
    assert found["of_yardstick"] == pytest.approx(few / alone, rel=0.05)
    assert found["overhead_s"] == pytest.approx(few - alone, abs=0.03)
    assert found["each_further_shard_s"] == pytest.approx(many - few, abs=0.03)


def cluster(told: Figures) -> None:
    assert min(told["cluster"].values()) >= 0
    assert told["cluster"]["starts_s"] > 0


def beside_peers(told: Figures) -> None:
    assert (told["pinned"], told["not_here"]) == ({}, {})
    for latency in ("0ms", "200ms"):
        bare, run = told[latency]["bare"], told[latency]["millrace"]
        assert bare["of_bare_loop"] == 1
        assert run["of_bare_loop"] == pytest.approx(run["rows_s"] / bare["rows_s"], rel=0.05, abs=0.001)
        assert min(min(one["peak_mb"], one["processor_ms_a_row"]) for one in (bare, run)) > 0
        assert all(1 <= one["most_in_flight"] <= 20 for one in (bare, run))


ONCE = ("--rounds", "1")
TRIALS = (
    Trial("throughput", ("--rows", "20", "--load", "1", *ONCE), [["setting", "speed", "processor"]], throughput,
          [needs_compiler]),
    Trial("row_cost", ("--rows", "20", *ONCE), [["ms", "share"], ["of its time"]], row_cost, [needs_compiler]),
    Trial("heavy_tail", ("--chunks", "4", "--latency", "20", "--sigma", "1.0", *ONCE),
          [["least", "ratio", "unordered"]], heavy_tail, [needs_compiler]),
    Trial("majority_vote", ("--rows", "20"), [["calls", "seconds"], ["0 other verdicts"]], majority_vote,
          [needs_compiler]),
    Trial("refusals", ("--rows", "60", "--every", "5", "--latency", "20", *ONCE), [["seconds", "calls", "refused"]],
          refusals, [needs_compiler]),
    Trial("memory", ("--rows", "40", "--few", "20"), [["peak MB", "of the few"]], memory),
    Trial("finished", ("--rows", "20", *ONCE), [["of a plain read"], ["calls of the second run: 0"]], finished,
          [needs_compiler]),
    Trial("resume", ("--rows", "300", "--latency", "1500", *ONCE), [["of an empty folder"], ["answered"]], resume,
          [needs_compiler]),
    Trial("start_up", ONCE, [["command", "of aiohttp's import"]], start_up),
    Trial("chaos", ("--tries", "2", "--pipeline", "tool-use", "--kind", "kill -9 at a call", "Ctrl-C"),
          [["kind", "survived", "tried"], ["all", "2", "2"]], chaos),
    Trial("readers", ("--files", "1", "--paragraphs", "40", *ONCE), [["MB", "bare", "one", "two", "alone"]], readers),
    Trial("chunking", ("--megabytes", "1", "--sample", "0.05", "--rows", "200", *ONCE),
          [["MB/s", "of the yardstick"], ["one large text", "added, MB"], ["a run reads", "together MB"]], chunking),
    Trial("estimate", ("--corpora", "1", "--samples", "12"), [["ranges that held", "cost_usd"], ["likely"]], estimate),
    Trial("retrieval", (), [["recall at", "mrr", "a slip"]], retrieval),
    Trial("retrieval", ("--model", MODEL), [["recall at", "mrr", "a slip"], ["small", "passages in a second"]],
          retrieval_by_a_model, [needs_embeddings], "retrieval by a model"),
    Trial("local_embedding", (MODEL, "--texts", "4", *ONCE), [["load, s", "alone, s", "changed by 8"]], local_embedding,
          [needs_embeddings]),
    Trial("ray_overhead", ("--engines", "processes", "--shards", "1", "2", *ONCE),
          [["a run", "seconds"], ["overhead, s", "break-even"]], ray_overhead),
    Trial("ray_overhead", ("--engines", "ray", "--shards", "1", "2", *ONCE),
          [["a run", "seconds"], ["overhead, s", "break-even"]], ray_overhead, [needs_ray, pytest.mark.slow],
          "ray_overhead on Ray"),
    Trial("ray_overhead", ("--cluster", *ONCE), [["a cluster", "starts in, s"]], cluster, [needs_ray, pytest.mark.slow],
          "ray_overhead of a cluster"),
    Trial("beside_peers", ("--only", "--rows", "20", "--cache", "peers", *ONCE),
          [["of the bare loop, 0 ms", "peak MB"], ["Millrace"]], beside_peers, [needs_compiler]),
)  # fmt: skip
