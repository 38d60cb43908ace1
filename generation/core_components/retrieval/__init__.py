"""Finding the passages that belong to a text, in-process: by words (BM25), by meaning (vectors), and by both.

`related_chunks` gives chunks of a stream their neighbours in other places, `searchable` an index to ask questions of,
`write_retrieval_source` the file that a retrieval server reads.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation.core_components.retrieval.building import related_chunks as related_chunks
    from generation.core_components.retrieval.building import searchable as searchable
    from generation.core_components.retrieval.index import Hit as Hit
    from generation.core_components.retrieval.index import Index as Index
    from generation.core_components.retrieval.passage import Passage as Passage
    from generation.core_components.retrieval.retrieving import RetrieveStep as RetrieveStep
    from generation.core_components.retrieval.showing import passages_in as passages_in
    from generation.core_components.retrieval.showing import shown as shown
    from generation.core_components.retrieval.source_file import read_retrieval_source as read_retrieval_source
    from generation.core_components.retrieval.source_file import write_retrieval_source as write_retrieval_source

_HOMES = {
    "related_chunks": "building", "searchable": "building", "Hit": "index", "Index": "index", "Passage": "passage",
    "RetrieveStep": "retrieving", "passages_in": "showing", "shown": "showing",
    "read_retrieval_source": "source_file", "write_retrieval_source": "source_file",
}  # fmt: skip

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:  # numpy and the stemmer load with the part that needs them
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
