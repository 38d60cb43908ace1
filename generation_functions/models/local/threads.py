"""How many texts a local model reads at once: one a core, and no more than the config says."""

from __future__ import annotations

import os

from generation_functions.models.model import ModelSpec


def threads_of(spec: ModelSpec) -> int:
    """A thread for each processor that this process may use, at most `max_in_flight`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, spec.max_in_flight)
