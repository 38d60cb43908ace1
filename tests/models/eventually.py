"""Wait for something another task or process brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], patience_s: float = 10.0) -> None:
    """Return as soon as the condition holds; fail the test if it never does."""
    for _ in range(int(patience_s / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"it did not come about within {patience_s} s")
