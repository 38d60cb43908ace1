"""Shares that a config weighs kinds against each other by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field

from generation_functions.errors import ConfigError

Share: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""How often a kind is drawn, against the others; the sum need not be 1."""


def check_shares(name: str, shares: Mapping[str, float]) -> None:
    """Raise `ConfigError` where no share is above 0, and so nothing can be drawn. `name` is the parameter's."""
    if not any(share > 0 for share in shares.values()):
        raise ConfigError(f"no share of {name!r} is above 0, so nothing can be drawn", hint="give at least one kind 1")
