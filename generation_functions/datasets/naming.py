"""What a dataset's files are called: `NAME.FORMAT.validation-00001-of-00008.jsonl`, each part where it is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation_functions.datasets.formats import FORMATS
from generation_functions.datasets.split import SPLITS, TRAIN, Split
from generation_functions.datasets.staging import PART, part_of
from generation_functions.errors import ConfigError

_SHARD = re.compile(r"-(?P<number>\d{5})-of-(?P<count>\d{5})$")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one dataset's files in a folder. The first format has the plain name, others carry theirs."""

    folder: Path
    name: str
    plain: str

    def path(self, form: str, split: Split, kind: str = ".jsonl", shard: tuple[int, int] | None = None) -> Path:
        """Where a file goes. `shard` is its number, from 1, and how many there are."""
        middle = "" if form == self.plain else f".{form}"
        held_out = "" if split == TRAIN else f".{split}"
        piece = "" if shard is None else f"-{shard[0]:05}-of-{shard[1]:05}"
        return self.folder / f"{self.name}{middle}{held_out}{piece}{kind}"

    def present(self) -> list[Path]:
        """The files of this dataset that are there, whatever call wrote them."""
        return [path for path in self._in_folder() if self._mine.fullmatch(path.name)]

    def unfinished(self) -> list[Path]:
        """Parts that are there: of this call, or of one that crashed."""
        ends = (path for path in self._in_folder() if path.name.startswith(".") and path.name.endswith(PART))
        return [path for path in ends if self._mine.fullmatch(path.name[1 : -len(PART)])]

    def part(self, form: str, split: Split) -> Path:
        """The unfinished file that rows of a format and a split are written to."""
        return part_of(self.path(form, split))

    @property
    def _mine(self) -> re.Pattern[str]:
        forms, splits = "|".join(map(re.escape, FORMATS)), "|".join(SPLITS[1:])
        return re.compile(
            rf"{re.escape(self.name)}(\.({forms}))?(\.({splits}))?(-\d{{5}}-of-\d{{5}})?\.(jsonl|parquet|csv)"
        )

    def _in_folder(self) -> Iterator[Path]:
        return iter(sorted(self.folder.iterdir()))


def shards_of(path: Path) -> list[Path]:
    """All the files of a set, when one of its shards is named; else the file alone. Raises `ConfigError` for a gap.

    Ours are numbered from 1, those of hubs from 0.
    """
    found = _SHARD.search(path.stem)
    if found is None:
        return [path]
    stem, count = path.stem[: found.start()], int(found["count"])
    paths = [path.with_name(f"{stem}-{number:05}-of-{count:05}{path.suffix}") for number in range(count + 1)]
    paths = paths[:-1] if path == paths[0] or paths[0].is_file() else paths[1:]
    missing = [each.name for each in paths if not each.is_file()]
    if missing:
        raise ConfigError(
            f"{path} is one of {count} files, and not all are there: {', '.join(missing[:5])}", hint="fetch the others"
        )
    return paths


def stem_of(path: Path) -> str:
    """A file's name without its ending, and without its number where it is a shard."""
    return _SHARD.sub("", path.stem)


def leftovers(folder: Path, stem: str, written: Sequence[Path]) -> list[Path]:
    """Shards and splits of an earlier writing of these files that would be taken for part of the new one."""
    splits = "|".join(SPLITS[1:])
    suffixes = {path.suffix for path in written}
    mine = re.compile(rf"{re.escape(stem)}(\.({splits}))?(-\d{{5}}-of-\d{{5}})?")
    found = (path for path in sorted(folder.iterdir()) if path.suffix in suffixes and mine.fullmatch(path.stem))
    return [path for path in found if path not in written and path.is_file()]
