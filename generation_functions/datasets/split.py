"""Which rows are kept for validation: by source document, so that no document stands on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, TypeAlias

Split: TypeAlias = Literal["train", "validation", "test"]
TRAIN: Split = "train"
VALIDATION: Split = "validation"
TEST: Split = "test"
SPLITS: tuple[Split, ...] = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True, slots=True)
class Shares:
    """The expected shares of documents, 0 to 1, that are held out."""

    validation: float = 0.0
    test: float = 0.0

    @property
    def wanted(self) -> tuple[Split, ...]:
        """The splits there are to be besides training."""
        return tuple(split for split, share in ((VALIDATION, self.validation), (TEST, self.test)) if share)


def split_of(document: str, shares: Shares, *, seed: int) -> Split:
    """The side of a document, by its identity and the seed alone: other documents, and how many, do not matter.

    Raising the validation share only moves documents there from training; the test share is drawn first.
    """
    if not (shares.validation or shares.test):
        return TRAIN
    digest = blake2b(f"{seed}\0{document}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    drawn = int.from_bytes(digest)
    if drawn >= 2**64 - shares.test * 2**64:
        return TEST
    return VALIDATION if drawn < shares.validation * 2**64 else TRAIN
