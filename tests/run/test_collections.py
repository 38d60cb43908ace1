"""A run looks for garbage seldom, and leaves the process as it found it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from generation_functions import Run


@pytest.mark.parametrize("fails", [False, True])
async def test_garbage_is_collected_as_before_once_a_run_is_over(tmp_path: Path, fails: bool) -> None:
    before = gc.get_threshold()
    try:
        async with Run(tmp_path / "run"):
            assert gc.get_threshold()[0] > before[0]
            if fails:
                raise RuntimeError("it failed")
    except RuntimeError:
        pass
    assert gc.get_threshold() == before
