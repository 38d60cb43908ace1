"""Vectors of words by their letters: a stand-in for an embedding model, with no model and no download.

Each run of three to five letters of a word sets a few of the vector's places, drawn by the run's hash (a sparse random
projection), so words of one family ("oxidised", "oxidation") and spellings of one word lie close together. It knows
nothing of meaning beyond that: an embedding model finds more.

Achlioptas, "Database-friendly random projections", 2003; Bojanowski et al., "Enriching Word Vectors with Subword
Information", 2017.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np

from generation.core_components.retrieval.postings import Postings, Scores

PLACES = 256
_LONGEST_WORD = 40
_RUNS = (3, 4, 5)
_PLACES_A_RUN = 4
WORD_LENGTH = 64
_TERMS_AT_ONCE = 8_192
_PASSAGES_AT_ONCE = 64
_MOST_REPEATS = 3
_COMMONEST = 4
"""Terms of a weight up to this one, in half bits, are left out: a quarter of all passages have them."""


def term_vectors(terms: Sequence[str]) -> Scores:
    """A row of `PLACES` small whole numbers for each term, all of about one length."""
    blocks = [_vectors(terms[start : start + _TERMS_AT_ONCE]) for start in range(0, len(terms), _TERMS_AT_ONCE)]
    return np.concatenate(blocks) if blocks else np.zeros((0, PLACES), dtype=np.int8)


def passage_vectors(postings: Postings) -> Scores:
    """A row for each passage: its terms' vectors, each by its weight, in whole numbers."""
    vectors = term_vectors(list(postings.terms))
    weights = np.where(postings.weights > _COMMONEST, postings.weights, 0)
    found = np.zeros((postings.size, PLACES), dtype=np.int32)
    for start in range(0, postings.size, _PASSAGES_AT_ONCE):
        end = min(start + _PASSAGES_AT_ONCE, postings.size)
        found[start:end] = _summed(postings, vectors, weights, start, end)
    return found


def _summed(postings: Postings, vectors: Scores, weights: Scores, start: int, end: int) -> Scores:
    first, last = postings.ends[start], postings.ends[end]
    columns = postings.columns[first:last]
    by = weights[columns] * np.minimum(postings.counts[first:last], _MOST_REPEATS)
    used, where = np.unique(columns, return_inverse=True)
    spread = np.zeros((end - start, len(used)), dtype=np.float32)
    owners = np.repeat(np.arange(end - start), np.diff(np.asarray(postings.ends[start : end + 1])))
    spread[owners, where] = by
    # Products of small whole numbers: float32 holds their sums exactly, in whatever order they are added.
    return np.asarray((spread @ vectors[used].astype(np.float32)).astype(np.int32))


def _vectors(terms: Sequence[str]) -> Scores:
    hashes, owners = array("I"), array("i")
    for number, term in enumerate(terms):
        runs = _letter_runs(term)
        hashes.extend(runs)
        owners.extend([number] * len(runs))
    mixed = _mixed(np.frombuffer(hashes, dtype=np.uint32).astype(np.uint64))
    owner = np.frombuffer(owners, dtype=np.int32).astype(np.int64)
    sums = np.zeros(len(terms) * PLACES, dtype=np.int64)
    for turn in range(_PLACES_A_RUN):
        place = (mixed >> np.uint64(9 * turn)) & np.uint64(PLACES - 1)
        sign = ((mixed >> np.uint64(9 * turn + 8)) & np.uint64(1)).astype(np.int64) * 2 - 1
        sums += np.bincount(owner * PLACES + place.astype(np.int64), weights=sign, minlength=len(sums)).astype(np.int64)
    return scaled(sums.reshape(len(terms), PLACES), WORD_LENGTH).astype(np.int8)


def _letter_runs(term: str) -> list[int]:
    word = f"<{term[:_LONGEST_WORD]}>"
    runs = {word[at : at + size] for size in _RUNS for at in range(len(word) - size + 1)} | {word}
    return [crc32(run.encode("utf-8", "replace")) for run in sorted(runs)]


def _mixed(values: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Every bit of the checksum spread over all bits (the finaliser of SplitMix64)."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def scaled(vectors: Scores, length: int) -> Scores:
    """Each row brought to about the given length, rounded to whole numbers. A row of zeros stays one."""
    norms = np.sqrt(np.square(vectors.astype(np.float64)).sum(axis=1, keepdims=True))
    return np.rint(vectors * (length / np.where(norms == 0, 1, norms)))
