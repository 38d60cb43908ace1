"""What `GET /models` says: which models are served, and whether the list may be trusted to be whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import orjson

from generation_functions.errors import EndpointUnusable
from generation_functions.models.address import Address
from generation_functions.models.fault import BadAnswer

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """Names of models. `complete` where nothing hints at more of them."""

    ids: tuple[str, ...]
    complete: bool


def read_listing(address: Address, body: bytes, headers: Mapping[str, str]) -> Listing:
    """Read the list in OpenAI's form, or as a bare list. Raises `BadAnswer` where it is neither."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise BadAnswer(f"{address.name}: the list of models at {address.base_url} is no JSON") from exc
    entries = parsed.get("data", parsed.get("models")) if isinstance(parsed, dict) else parsed
    if not isinstance(entries, list):
        raise BadAnswer(f"{address.name}: the list of models at {address.base_url} holds no list")
    ids = tuple(name for entry in entries if (name := _name(entry)))
    paged = isinstance(parsed, dict) and any(
        parsed.get(mark) for mark in ("has_more", "next", "next_page", "next_page_token", "nextPageToken")
    )
    linked = 'rel="next"' in headers.get("Link", "")
    return Listing(ids, complete=not (paged or linked or any("*" in name for name in ids)))


def _name(entry: Any) -> str:
    name = (entry.get("id") or entry.get("name")) if isinstance(entry, dict) else entry
    return name if isinstance(name, str) else ""


def missing_model(listing: Listing, address: Address) -> EndpointUnusable | None:
    """The error where a whole list lacks the model under every form of its name."""
    if not listing.ids or not listing.complete:
        return None
    wanted = _base_name(address.model)
    if any(wanted == _base_name(name) for name in listing.ids):
        return None
    message = f"{address.name}: {address.base_url} does not serve `{address.model}`"
    return EndpointUnusable(message, hint=_suggestion(address.model, listing.ids), status=404)


def _base_name(name: str) -> str:
    """The name without an owner, a tag or a revision: `models/Qwen3:latest` is `qwen3`."""
    return name.rsplit("/", 1)[-1].split(":", 1)[0].split("@", 1)[0].lower()


def _suggestion(model: str, ids: tuple[str, ...]) -> str:
    folded = {name.lower(): name for name in ids} | {_base_name(name): name for name in ids}
    near = get_close_matches(model.lower(), folded, n=1) or get_close_matches(_base_name(model), folded, n=1)
    if near:
        return f"did you mean `{folded[near[0]]}`?"
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return f"it serves {', '.join(ids[:_SHOWN])}{more}"


def says_nothing(error: EndpointUnusable) -> bool:
    """Whether a refused listing leaves open if the model can be called: it may have moved, or need its own right."""
    if error.status is not None and 300 <= error.status < 400:
        return True
    return error.status == 403 and any(word in error.message.lower() for word in ("scope", "permission"))
