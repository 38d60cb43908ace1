"""Datasets on a hub: files and their card put into a repository in one commit, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generation_functions.errors import ConfigError, MillraceError

ENDPOINT = "https://huggingface.co"


@dataclass(frozen=True)
class Hub:
    """A hub and the token that opens it, which stands in no message."""

    token: str = field(repr=False)
    endpoint: str = ENDPOINT

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Hub:
        """The hub that `HF_ENDPOINT` names, with the token in `HF_TOKEN`. Raises `ConfigError` without a token."""
        token = environ.get("HF_TOKEN", "").strip()
        if not token:
            raise ConfigError(
                "HF_TOKEN is not set", hint="make a token that may write on the hub, and set it in the environment"
            )
        return cls(token, environ.get("HF_ENDPOINT") or ENDPOINT)

    def push(self, files: Sequence[Path], card: str, repo: str, *, public: bool, existing: bool) -> str:
        """Put files and a card into a dataset repository, a new one unless `existing`. Gives the repository's address.

        Raises `ConfigError` without the library, `MillraceError` for what the hub refuses.
        """
        try:
            from huggingface_hub import CommitOperationAdd, HfApi
        except ImportError as exc:
            raise ConfigError("huggingface_hub is not installed", hint='run: pip install "millrace[hub]"') from exc
        api = HfApi(endpoint=self.endpoint, token=self.token)
        added = [CommitOperationAdd("README.md", card.encode()), *(CommitOperationAdd(f.name, str(f)) for f in files)]
        try:
            address = api.create_repo(repo, repo_type="dataset", private=not public, exist_ok=existing)
            api.create_commit(repo, added, commit_message="Add a dataset made with Millrace", repo_type="dataset")
        except Exception as exc:  # noqa: BLE001  the library's own errors, its HTTP client's, its file transfer's
            # Without their chain, which holds the request and with it the token.
            raise MillraceError(f"{repo} could not be pushed: {self._told(exc)}", hint=_hint(exc)) from None
        return str(address)

    def _told(self, exc: Exception) -> str:
        lines = str(exc).replace(self.token, "…").strip().splitlines()
        return lines[0] if lines else type(exc).__name__


def _hint(exc: Exception) -> str:
    status = getattr(getattr(exc, "response", None), "status_code", None)
    hints = {
        401: "check HF_TOKEN: the hub does not know it",
        403: "check that HF_TOKEN may write to this repository",
        409: "the repository exists: name another one, or add to it with --force",
    }
    return hints.get(status or 0, "check the name (OWNER/NAME) and the network, then push again")
