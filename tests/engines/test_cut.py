"""How documents, limits and money are cut: the parts together are the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions.documents.folder import Part, file_sources, read_documents
from generation_functions.engines.money import Shares
from generation_functions.engines.shares import most_places, share_of
from generation_functions.models.model import EndpointSpec, Model, ModelSpec
from generation_functions.run.shard import Shard

PLACES = [("a.txt", 0), ("b.txt", 3), *[("rows", n) for n in range(40)], ("box.zip/inner.txt", 0, 2), ("", 0), ("x",)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_each_row_belongs_to_one_shard(count: int) -> None:
    shards = [Shard(index, count) for index in range(count)]
    for shard in shards:
        shard.rank(["a.txt", "b.txt"])
    assert [sum(shard.has(place) for shard in shards) for place in PLACES] == [1] * len(PLACES)


def test_a_documents_chunks_stay_together_and_its_records_do_not() -> None:
    shard = Shard(0, 3)
    assert len({shard.has(("a.txt", 0, chunk)) for chunk in range(20)}) == 1
    assert [shard.has(("a.jsonl", record)) for record in range(30)].count(True) == 10


@pytest.mark.parametrize(("files", "count"), [(5, 2), (8, 8), (9, 4)])
def test_files_are_dealt_out_evenly(files: int, count: int) -> None:
    sources = [f"document{number:04}.txt" for number in range(files)]
    held = []
    for index in range(count):
        shard = Shard(index, count)
        shard.rank(sources)
        held.append(sum(map(shard.has_file, sources)))
    assert max(held) - min(held) <= 1
    assert sum(held) == files


def test_a_file_of_one_document_is_opened_by_its_own_shard_alone(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text(f"Text {number}.")
    (tmp_path / "many.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    shard = Shard(1, 3)
    shard.rank(file_sources(tmp_path))
    read = [found.source for found in read_documents(tmp_path, part=Part(has=shard.has_file))]
    assert read == ["1.txt", "4.txt", "many.jsonl", "many.jsonl"]


@pytest.mark.parametrize(("in_flight", "places"), [(5, 2), (64, 3), (7, 7), (100, 16)])
def test_shares_of_limits_add_up(in_flight: int, places: int) -> None:
    spec = ModelSpec(
        model="m", max_in_flight=in_flight, requests_per_minute=90.0, tokens_per_minute=1_000.0,
        endpoints=[EndpointSpec(base_url="http://a/v1", max_in_flight=in_flight + 1), EndpointSpec(base_url="http://b/v1")],
    )  # fmt: skip
    shares = [share_of(spec, place, places) for place in range(places)]
    assert sum(share.max_in_flight for share in shares) == in_flight
    assert sum(share.requests_per_minute or 0 for share in shares) == pytest.approx(90)
    assert sum(share.tokens_per_minute or 0 for share in shares) == pytest.approx(1_000)
    assert sum(share.endpoints[0].max_in_flight or 0 for share in shares) == in_flight + 1
    assert {share.endpoints[1].max_in_flight for share in shares} == {None}
    assert min(share.max_in_flight for share in shares) >= 1


def test_no_more_processes_than_calls_may_be_open() -> None:
    small, large = ModelSpec(model="s", max_in_flight=2), ModelSpec(model="l", max_in_flight=64)
    assert most_places([Model("s", small), Model("l", large)]) == 2
    assert most_places([Model.offline()]) is None


def test_shares_of_a_budget_never_exceed_what_is_left() -> None:
    shares = Shares(10.0, 2.0, waiting=4)
    assert shares.take(0) == 2.0
    assert shares.take(1) == 2.0
    shares.settle(0, 0.5)  # cheaper than thought: the others get more
    assert shares.take(2) == pytest.approx((10 - 2 - 0.5 - 2) / 2)
    shares.settle(1, 2.1)  # a little dearer: the estimate of a call was off
    last = shares.take(3)
    assert last is not None
    assert 2.0 + 0.5 + 2.1 + shares.held[2] + last <= 10.0
    shares.settle(2, 9.0)
    assert Shares(1.0, 1.5, waiting=1).take(0) == 0.0
    assert Shares(None, 1.5, waiting=1).take(0) is None
