"""Secrets that must not reach a dataset: the values a run's config refers to, and whatever is shaped like a key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from generation_functions.config.environment import Environment, references
from generation_functions.config.secrets import Secrets
from generation_functions.rows import Json, canonical_json

_KEY_SHAPE = re.compile(
    r"\b(?:sk-|hf_|gsk_|ghp_|github_pat_|xai-|r8_)[A-Za-z0-9_-]{16,}|\b(?:AKIA|AIza)[A-Za-z0-9_-]{16,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def secrets_of(config: str, project: Path, environ: Mapping[str, str] = os.environ) -> Secrets:
    """The values of every `${NAME}` in a run's config, as far as they are known here."""
    known = Environment.read(project, environ).values
    return Secrets({name: known[name] for name in references(config) if name in known})


def holds_secret(value: Json, secrets: Secrets) -> bool:
    """Whether any text in a value has a secret or a key in it."""
    text = canonical_json(value).decode()
    return secrets.redact(text) != text or _KEY_SHAPE.search(text) is not None
