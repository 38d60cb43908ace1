"""Configs that cannot lead to a call are told so before any network."""

from __future__ import annotations

from typing import Any

import pytest

from generation_functions.errors import EndpointUnusable
from generation_functions.models import Model, ModelSpec
from generation_functions.models.address import OPENAI_URL, address_of


def model(**spec: Any) -> Model:
    return Model("writer", ModelSpec(**{"model": "m", **spec}))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"model": ""}, "does not say which model"),
        ({"base_url": None}, "no `base_url` and no `api_key`"),
        ({"api_key_name": "SOME_KEY"}, "${SOME_KEY}, which is not set"),
        ({"api_key_name": "SOME_KEY", "api_key": ""}, "${SOME_KEY}, which is not set"),
        ({"api_key": "sk-secret-part\n", "api_key_name": "SOME_KEY"}, "a character that no key has"),
        ({"base_url": "localhost:8000/v1"}, "not an http or https URL"),
        ({"base_url": "ftp://host/v1"}, "not an http or https URL"),
        ({"base_url": "http:///v1"}, "not an http or https URL"),
        ({"base_url": "http://host:99999/v1"}, "is not a URL"),
        ({"base_url": "http://ho st/v1"}, "not an http or https URL"),
        ({"base_url": "https://user:sk-secret-part@host/v1"}, "user name or password"),
        ({"base_url": "https://host/v1/chat/completions/"}, "ends in /chat/completions"),
    ],
)
def test_a_bad_config_is_refused_with_a_hint(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(EndpointUnusable) as caught:
        address_of(model(**spec))
    assert words in caught.value.message
    assert caught.value.hint
    assert "sk-secret-part" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("base_url", "chat"),
    [
        ("http://localhost:8000/v1", "http://localhost:8000/v1/chat/completions"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1/chat/completions"),
        ("https://host/deployments/x?api-version=1", "https://host/deployments/x/chat/completions?api-version=1"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1/chat/completions"),
    ],
)
def test_urls_are_built_from_the_base(base_url: str, chat: str) -> None:
    assert address_of(model(base_url=base_url)).url("chat/completions") == chat


def test_a_key_alone_means_openai() -> None:
    address = address_of(model(api_key="sk-1"))
    assert address.base_url == OPENAI_URL
    assert address.headers()["Authorization"] == "Bearer sk-1"


def test_a_local_server_needs_no_key() -> None:
    assert "Authorization" not in address_of(model(base_url="http://localhost/v1")).headers()
