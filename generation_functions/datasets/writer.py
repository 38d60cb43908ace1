"""Writing a dataset: records in; JSONL, Parquet and CSV out, streamed, split by document, in place all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from generation_functions.datasets.conversion import Conversion
from generation_functions.datasets.form import Format
from generation_functions.datasets.formats import FORMATS, format_named
from generation_functions.datasets.naming import Names
from generation_functions.datasets.split import Shares
from generation_functions.datasets.writing import DatasetWriting, Record, WrittenDataset
from generation_functions.errors import ConfigError


def write_dataset(
    records: Iterable[Record],
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("messages",),
    source: Format | None = None,
    skip_misfits: bool = False,
    expected: Sequence[str] = (),
    parquet: bool = True,
    csv: bool = False,
    shard_rows: int | None = None,
    validation_share: float = 0.0,
    test_share: float = 0.0,
    seed: int = 0,
) -> WrittenDataset:
    """Write `NAME.jsonl` (and `NAME.parquet`) in the first format, `NAME.FORMAT.jsonl` in the others.

    source        the format the records are in; without it each is what it looks like, and stays as it is as `messages`
    skip_misfits  leave out and count rows that have no form in a format, instead of raising
    expected      losses of a conversion that the caller knows of: no note tells them
    parquet, csv  write these kinds too, in the first format
    shard_rows    most rows in a file: more are spread over `NAME-00001-of-00003.jsonl` and its like

    Rows of documents drawn to be held out, by `(seed, document)`, go to `NAME.validation.jsonl` and `NAME.test.jsonl`.
    Memory is bounded, the same records give the same bytes, and files change all together when everything is written: a
    crash leaves the old ones whole. Files of this dataset that an earlier call wrote and this one does not are removed.

    Raises `ConfigError` for unknown formats, a bad name or share, and rows that do not fit; `StoreError` when the disk
    refuses.
    """
    with begin_dataset(
        folder, name, formats=formats, source=source, skip_misfits=skip_misfits, expected=expected, parquet=parquet,
        csv=csv, shard_rows=shard_rows, shares=Shares(validation_share, test_share), seed=seed,
    ) as writing:  # fmt: skip
        writing.add(records)
        return writing.finish()


def begin_dataset(
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("messages",),
    source: Format | None = None,
    skip_misfits: bool = False,
    expected: Sequence[str] = (),
    parquet: bool = True,
    csv: bool = False,
    shard_rows: int | None = None,
    shares: Shares | None = None,
    seed: int = 0,
) -> DatasetWriting:
    """The same for rows that are still being made: what is begun here takes them as they come. See `write_dataset`."""
    chosen, shares = _chosen(formats), shares or Shares()
    _check(name, shares, shard_rows)
    conversions = [Conversion(form, source, skip_misfits, tuple(expected)) for form in chosen]
    kinds = [kind for kind, asked in ((".parquet", parquet), (".csv", csv)) if asked]
    names = Names(folder, name, chosen[0].name)
    return DatasetWriting(names, conversions, shares=shares, seed=seed, kinds=kinds, shard_rows=shard_rows)


def _chosen(formats: Sequence[str]) -> list[Format]:
    if not formats:
        raise ConfigError("no dataset format was named", hint=f"the formats are: {', '.join(FORMATS)}")
    return [format_named(name) for name in dict.fromkeys(formats)]


def _check(name: str, shares: Shares, shard_rows: int | None) -> None:
    if not name or name.startswith(".") or any(char in name for char in "/\\\0\n"):
        raise ConfigError(f"{name!r} cannot name a dataset's files", hint="use letters, digits, - and _")
    for option, share in (("validation_share", shares.validation), ("test_share", shares.test)):
        if not 0 <= share <= 1:
            raise ConfigError(f"{option} must be between 0 and 1, not {share}", hint="0.05 keeps one document in 20")
    if shares.validation + shares.test > 1:
        raise ConfigError("validation_share and test_share are more than 1 together", hint="leave some to train on")
    if shard_rows is not None and shard_rows < 1:
        raise ConfigError(f"a file cannot have {shard_rows} rows", hint="shard_rows is 1 or more")
