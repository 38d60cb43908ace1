"""Which source rows a run goes through, and in which order: all, the first few, a sample, or those of one shard."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from itertools import islice

from generation_functions.rows import Place, Row, content_key
from generation_functions.run.options import RunOptions
from generation_functions.run.shard import Shard
from generation_functions.store import StoreReader
from generation_functions.store.places import decode_place
from generation_functions.streams.flow import SOURCE_BATCH


class Selection:
    """The source rows of one attempt.

    goes_on     whether the attempt before did not come to its end
    width       rows that may be under way at once
    limited_by  the number of source rows that a limit or a sample left others out for; None where none was left out
    """

    def __init__(self, options: RunOptions, store: StoreReader, *, goes_on: bool) -> None:
        self.width = 0
        self.limited_by: int | None = None
        self._options = options
        self._store = store
        self._goes_on = goes_on

    def frontier(self, stage: str) -> Place | None:
        """About how far the attempt before had got through its source, where it did not come to its end.

        It is the place of a row at the source's last stage, with as many rows after it as may have been under way.
        None where every row is to be gone through in order: a limit or a budget is used up in that order.
        """
        options = self._options
        if not self._goes_on or options.limit or options.sample or options.budget_usd is not None:
            return None
        found = self._store.query(
            "SELECT place FROM rows NOT INDEXED WHERE step = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
            (stage, 2 * (self.width + SOURCE_BATCH)),
        )
        return decode_place(found[0][0]) if found else None

    @property
    def shard_of_files(self) -> Shard | None:
        """The shard whose documents alone are read; None where a limit counts the rows of all documents."""
        counts_all = self._options.limit is not None or self._options.sample is not None
        return None if counts_all else self._options.shard

    def limited(self, source: Iterator[Row]) -> Iterator[Row]:
        """The first `limit` source rows, or a `sample` of those; remembers whether any was left out."""
        if self._options.sample is not None:
            yield from self._sampled(islice(source, self._options.limit), self._options.sample)
            return
        if self._options.limit is None:
            yield from source
            return
        yield from islice(source, self._options.limit)
        if next(source, None) is not None:
            self.limited_by = self._options.limit

    def _sampled(self, source: Iterator[Row], count: int) -> Iterator[Row]:
        ranked = ((content_key(self._options.seed, "sample", row.key), n, row) for n, row in enumerate(source))
        drawn = nsmallest(count + 1, ranked)
        if len(drawn) > count:
            self.limited_by = count
        for _, _, row in sorted(drawn[:count], key=lambda item: item[1]):
            yield row
