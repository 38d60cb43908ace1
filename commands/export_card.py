"""The card of an exported dataset: its files, and of a run's also what the run says of how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from commands.export_source import Source

if TYPE_CHECKING:
    from commands.export import Export


def card_of(source: Source, made: Export) -> str:
    """The card's Markdown. Reads the rows once more, to tell where they come from and who wrote them."""
    from generation_functions.datasets import CardFacts, read_rows, render_card

    manifest = source.manifest
    origins: dict[str, int] = {}
    offline = False
    for record in source.records():
        about = _metadata(record.content)
        document = about.get("source")
        origins[str(document)] = origins.get(str(document), 0) + 1
        offline = offline or about.get("writer") == "offline"
    origins.pop("None", None)
    counts = {"rows": made.rows, "validation_rows": made.validation_rows, "test_rows": made.test_rows}
    files = [path.name for path in made.files]
    first = next(read_rows(made.files[0]), None) if made.files else None
    facts = CardFacts(
        pipeline=str(manifest.get("pipeline", "")),
        datasets={made.stem: {**counts, "files": files, "notes": list(made.notes)}},
        example={} if first is None else {made.stem: first},
        sources=origins,
        models=manifest.get("paid", {}),
        steps=manifest.get("steps", {}),
        prompts=manifest.get("prompts", {}),
        seed=source.seed,
        versions=manifest.get("versions", {}),
        offline=offline,
    )
    return render_card(facts)


def _metadata(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("metadata")
    return found if isinstance(found, Mapping) else {}
