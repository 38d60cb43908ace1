"""How a run ended: its status, its exit code, and one line that says why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation_functions.errors import MillraceError, RunStopped
from generation_functions.run.counts import StageCounts
from generation_functions.run.manifest import Status

if TYPE_CHECKING:
    from generation_functions.run.written import Dataset

_STATUS_OF_STOP: dict[str, Status] = {
    "interrupted": "cancelled", "budget": "partial", "limit": "partial", "error_rate": "failed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ending:
    """Exit codes: 0 ok, 1 failed, 2 config, 3 too many rows failed, 4 budget or limit, 5 locked, 130 interrupted."""

    status: Status
    exit_code: int
    message: str


def ending_of(
    error: BaseException | None,
    counts: Mapping[str, StageCounts],
    datasets: Mapping[str, Dataset],
    max_failed_share: float,
    limited_by: int | None,
) -> Ending:
    """The ending of a run that raised `error`, or came to its end with these counts and datasets."""
    if error is not None:
        return _of_error(error)
    if datasets and not any(dataset.all_rows for dataset in datasets.values()):
        return Ending("failed", 1, f"no row reached a dataset: {_where_rows_went(counts)}")
    worst = max(counts.items(), key=lambda item: item[1].failed_share, default=None)
    if worst is not None and worst[1].failed_share > max_failed_share:
        name, lost = worst
        return Ending(
            "partial", 3, f"{lost.failed} of {lost.asked} rows failed in {name!r}, more than "
            f"max_failed_share allows ({max_failed_share * 100:.4g}%): {_commonest(lost)}",
        )  # fmt: skip
    written = ", ".join(f"{_counted(d.all_rows)} in {d.name}" for d in datasets.values()) or "done"
    if limited_by is not None:
        return Ending("partial", 4, f"{written}; stopped after {_counted(limited_by, 'source row')}, as limit asks")
    return Ending("succeeded", 0, written)


def _of_error(error: BaseException) -> Ending:
    if isinstance(error, RunStopped):
        return Ending(_STATUS_OF_STOP[error.reason], error.exit_code, error.message)
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
        return Ending("cancelled", 130, "stopped at once; everything that was answered is saved")
    if isinstance(error, MillraceError):
        return Ending("failed", error.exit_code, error.message)
    return Ending("failed", 1, f"{type(error).__name__}: {error}")


def _counted(count: int, noun: str = "row") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _commonest(counts: StageCounts) -> str:
    common = counts.failures.counts.most_common(1)
    return common[0][0] if common else "no reason was recorded"


def _where_rows_went(counts: Mapping[str, StageCounts]) -> str:
    losses = [
        f"{count} in {name!r} ({reason})"
        for name, stage in counts.items()
        for reason, count in (stage.reasons + stage.failures.counts).most_common(2)
    ]
    return "; ".join(losses) or "there was nothing to read"
