"""A dataset's repository on a hub: the files it has, and their fetching."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import orjson

from generation.core_components.fetching import Fetcher
from generation_functions.errors import ConfigError

KINDS = (".parquet", ".jsonl", ".json", ".csv")
_NO_DATA = ("dataset_infos.json", "config.json", "state.json")


@dataclass(frozen=True)
class Repository:
    """One revision of a dataset on a hub that speaks the API of https://huggingface.co/docs/hub/api."""

    fetcher: Fetcher
    endpoint: str
    name: str
    revision: str

    async def fetch(self, pattern: str) -> dict[str, Path]:
        """The repository's data files that match a pattern, by their paths in it. What is there is not fetched again.

        The commit that a branch stands for is settled at the first run, so that a resumed one has the same data.
        """
        commit = await self._commit()
        found = [path for path in commit["files"] if fnmatch(path, pattern) and _is_data(path)]
        if not found:
            there = ", ".join(commit["files"][:8]) or "nothing"
            raise ConfigError(
                f"{self.name} has no data file that matches {pattern!r}",
                hint=f"it has: {there}; read are {', '.join(KINDS)}",
            )
        base = f"{self.endpoint.rstrip('/')}/datasets/{self.name}/resolve/{commit['sha']}"
        place = f"{self._plain_name}/{commit['sha']}"
        return {path: await self.fetcher.get(f"{base}/{quote(path)}", f"{place}/{path}") for path in found}

    @property
    def _plain_name(self) -> str:
        return self.name.replace("/", "--")

    async def _commit(self) -> dict[str, Any]:
        revision = quote(self.revision, safe="")
        address = f"{self.endpoint.rstrip('/')}/api/datasets/{self.name}/revision/{revision}"
        file = await self.fetcher.get(address, f"{self._plain_name}/{revision}.json")
        told = orjson.loads(file.read_bytes())
        return {"sha": told["sha"], "files": sorted(entry["rfilename"] for entry in told.get("siblings", ()))}


def _is_data(path: str) -> bool:
    pure = PurePosixPath(path)
    inside = not pure.is_absolute() and ".." not in pure.parts and not any(part.startswith(".") for part in pure.parts)
    return inside and pure.suffix.lower() in KINDS and pure.name not in _NO_DATA
