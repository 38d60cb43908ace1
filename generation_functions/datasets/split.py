"""Which rows are kept for validation: by source document, so that no document stands on both sides."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal, TypeAlias

Split: TypeAlias = Literal["train", "validation"]


def split_of(document: str, *, share: float, seed: int) -> Split:
    """The side of a document, by its identity and the seed alone: other documents, and how many, do not matter.

    `share` is the expected share of documents in validation, 0 to 1; raising it only moves documents there.
    """
    digest = blake2b(f"{seed}\0{document}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return "validation" if int.from_bytes(digest) < share * 2**64 else "train"
