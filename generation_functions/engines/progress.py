"""How far a shard is, as its manifest tells while it is asked."""

from __future__ import annotations

from pathlib import Path

import orjson

from generation_functions.run.manifest import MANIFEST_FILE


def calls_and_cost(folder: Path) -> tuple[int, float]:
    """Calls made in this attempt of a shard, and USD. Raises `OSError`, `ValueError` where it has not begun."""
    manifest = orjson.loads((folder / MANIFEST_FILE).read_bytes())
    calls = sum(step["calls"] for step in manifest["steps"].values())
    return calls, sum(model["cost_usd"] for model in manifest["models"].values())
