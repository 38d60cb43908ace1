"""How a run behaves, beside the pipeline's own parameters: seed, limits, budget, and what it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation_functions.run.shard import Shard
from generation_functions.run.surroundings import Surroundings

if TYPE_CHECKING:
    from generation_functions.datasets.split import Shares
    from generation_functions.run.spread import Spread


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True)
class RunOptions:
    """How a run behaves, beside the pipeline's own parameters.

    pipeline          its name, for the manifest
    seed              of every random choice
    limit             most source rows; None for all
    sample            source rows drawn from those by the seed and their content; None for all
    lenders           other runs' folders whose stored answers are taken over
    ask_no_model      whether a question that no store answers fails its row instead of being asked
    budget_usd        most money over all attempts; None for no limit
    prompts           a folder of prompts that replace the pipeline's own, file by file
    max_failed_share  share of a step's rows that may fail before the run counts as partial
    held_out          shares of source documents that datasets keep for validation and for test; None for none
    fresh             set an earlier store aside and start over
    fingerprint       of the resolved config; `config_text` is that config as YAML, secrets as references
    redact            removes secrets from text on its way to a log, an event or a manifest
    shard             the part of a run's documents that this is; None for all of them
    spread            has shards asked by other processes before the first row; None for a run in this process alone
    on_progress       called about once a second with the manifest
    on_log            called with every line of the log
    surroundings      the clock, network and disk; the machine's own unless a simulation stands in
    """

    pipeline: str = ""
    seed: int = 0
    limit: int | None = None
    sample: int | None = None
    lenders: tuple[Path, ...] = ()
    ask_no_model: bool = False
    budget_usd: float | None = None
    prompts: Path | None = None
    max_failed_share: float = 0.05
    held_out: Shares | None = None
    fresh: bool = False
    fingerprint: str = ""
    config_text: str | None = None
    redact: Callable[[str], str] = _unchanged
    on_progress: Callable[[dict[str, Any]], None] | None = None
    on_log: Callable[[str], None] | None = None
    shard: Shard | None = None
    spread: Spread | None = None
    heartbeat_s: float = 1.0
    surroundings: Surroundings = field(default_factory=Surroundings)

    def for_child(self, name: str) -> RunOptions:
        """A child run's options: the same, but it has no config of its own and starts over only with its parent.

        Prompts that replace a child's stand in a folder of its name, since two pipelines may have one of the same name;
        of `book/questions` and `letters/questions`, in the folder `questions` that both have in common.
        """
        prompts = None if self.prompts is None else self.prompts / Path(name).name
        return replace(self, pipeline=name, prompts=prompts, config_text=None, on_progress=None, lenders=())
