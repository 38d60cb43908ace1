"""Counting tokens as a model does, from its own `tokenizer.json`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from generation_functions.chunking.units import CountTokens
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens

REMEMBERED = 4_096
"""Pieces whose count is remembered: packing measures the same piece more than once."""

LONGEST_REMEMBERED = 8_192


def token_counter(tokenizer: Path | str | None) -> CountTokens:
    """Counts tokens by a `tokenizer.json` (or a folder that has one); the estimate where none is given.

    Special tokens are not counted. Raises `ConfigError` where the file or the `tokenizers` library is missing, and
    where the file is no tokenizer.
    """
    if tokenizer is None:
        return estimate_tokens
    path = Path(tokenizer)
    path = path / "tokenizer.json" if path.is_dir() else path
    encode = _load(path).encode

    def count(text: str) -> int:
        if not text:
            return 0
        return max(1, len(encode(text, add_special_tokens=False).ids))

    remembered = lru_cache(REMEMBERED)(count)
    return lambda text: remembered(text) if len(text) <= LONGEST_REMEMBERED else count(text)


def _load(path: Path) -> Any:
    if not path.is_file():
        raise ConfigError(f"there is no tokenizer at {path}", hint="Give the path of the model's tokenizer.json.")
    try:
        from tokenizers import Tokenizer
    except ImportError as exc:
        raise ConfigError(
            f"the library that reads {path} is not installed",
            hint='pip install "millrace[tokenizer]", or leave `tokenizer` out: tokens are then estimated.',
        ) from exc
    try:
        return Tokenizer.from_file(str(path))
    except Exception as exc:  # the library raises bare Exception for every kind of bad file
        raise ConfigError(f"{path} is no tokenizer: {exc}", hint="It is the file tokenizer.json of a model.") from exc
