"""Models of the shapes that tests need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generation_functions.models import Model, ModelSpec
from generation_functions.models.address import Address

SECRET = "sk-canary-0123456789abcdef"


@pytest.fixture
def address() -> Address:
    return Address("writer", "fake-model", "https://api.example.org/v1", key=SECRET, key_name="EXAMPLE_KEY")


@pytest.fixture
def model_at() -> Callable[..., Model]:
    """A model named `writer` at a base URL, with quick retries left to the client."""

    def make(base_url: str, **spec: Any) -> Model:
        fields = {"model": "fake-model", "api_key": SECRET, "api_key_name": "EXAMPLE_KEY", "timeout_s": 5.0, **spec}
        return Model("writer", ModelSpec(base_url=base_url, **fields))

    return make
