"""Passages as vectors, and how near each lies to a query: the cosine, in whole numbers.

Vectors are rounded to whole numbers of one length, small enough that float32 holds every sum of their products exactly:
the scores are equal on every machine, whatever order its processors add in.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from generation.core_components.retrieval.letters import scaled
from generation.core_components.retrieval.postings import Scores
from generation_functions.errors import MillraceError

LENGTH = 2048
"""Of every vector; its square is below 2**24, up to which float32 is exact."""

_ROWS_AT_ONCE = 4_096


class Vectors:
    """One vector a passage. `nearness(queries)` gives -1,000 to 1,000 for each query and passage."""

    def __init__(self, rows: Scores) -> None:
        self.rows = unit(rows)

    def nearness(self, queries: Scores) -> Scores:
        """Queries by passages: cosines in thousandths."""
        return np.rint((unit(queries) @ self.rows.T) * (1000 / LENGTH**2)).astype(np.int32)


def unit(rows: Scores) -> Scores:
    """Rows of whole numbers of one length, as float32."""
    found = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        found[start : start + _ROWS_AT_ONCE] = scaled(rows[start : start + _ROWS_AT_ONCE], LENGTH)
    return found


def decoded(vectors: Sequence[str]) -> Scores:
    """Rows of embeddings as they are stored: base64 of 16-bit floats. Raises `MillraceError` where lengths differ."""
    rows = [np.frombuffer(base64.b64decode(vector), dtype="<f2") for vector in vectors]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise MillraceError(
            f"the embeddings of one run have {lengths[0]} and {lengths[-1]} dimensions",
            hint="The endpoint must have changed its model: run with --fresh, or name another model.",
        )
    return np.stack(rows) if rows else np.zeros((0, 1), dtype="<f2")
