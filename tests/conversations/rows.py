"""Datasets for tests of what reads conversations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generation.core_components.conversations import conversations
from generation_functions import Row, Run


def said(*turns: tuple[str, str], **rest: Any) -> dict[str, Any]:
    """A row of messages: `said(("user", "Why?"), ("assistant", "Because."))`."""
    return {"messages": [{"role": role, "content": content} for role, content in turns], **rest}


def asked(question: str, answer: str, **rest: Any) -> dict[str, Any]:
    """One question and its answer."""
    return said(("user", question), ("assistant", answer), **rest)


def written(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


async def read(path: Path, output: Path, **settings: Any) -> list[Row]:
    """The rows of a dataset as a stream gives them."""
    async with Run(output, **settings) as run:
        return await conversations(run, path).collect()
