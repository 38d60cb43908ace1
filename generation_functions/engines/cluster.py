"""The engine that Ray is: the machines of a cluster, each task in a process under one of Ray's workers.

Ray is given words, a folder and plain settings. What is secret is read by the task itself, on its own machine.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import sys
import tempfile
from contextlib import suppress
from typing import Any

from generation_functions.engines.engine import Task, WorkerLost
from generation_functions.engines.process import ProcessWorker
from generation_functions.errors import MillraceError

_ADDRESS = "RAY_ADDRESS"
_PRIVATE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
"""Read by Ray when it is imported. The first, named after the systems where it is the rule, keeps its ports on the
loopback address; Ray would open them to the network. With the second, they take nobody who lacks the token."""
_INSTALL = "Install it: .venv/bin/pip install --requirement requirements-ray.lock"


class RayEngine:
    """Runs each task on the Ray cluster that `RAY_ADDRESS` names, or on one of its own on this machine alone.

    places  how many tasks run at the same time; where it is not given, one for each processor of the cluster
    """

    name = "ray"

    def __init__(self, places: int | None = None) -> None:
        self._places = places
        self._ray: Any = None
        self._scratch: str | None = None

    async def __aenter__(self) -> RayEngine:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        if not os.environ.get(_ADDRESS):
            os.environ.update(_PRIVATE, RAY_AUTH_TOKEN=secrets.token_hex(32))
            self._scratch = tempfile.mkdtemp(prefix="millrace-")  # short: paths of sockets may have 107 characters
        self._ray = _imported()
        await asyncio.to_thread(self._connect)
        return self

    async def __aexit__(self, *details: object) -> None:
        await asyncio.to_thread(self._ray.shutdown)
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    @property
    def places(self) -> int:
        """How many tasks can be run at the same time."""
        return self._places or max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    async def worker(self) -> RayWorker:
        """A new worker: an actor with a processor of its own."""
        return RayWorker(self._ray)

    def _connect(self) -> None:
        address = os.environ.get(_ADDRESS)
        settings: dict[str, Any] = {"address": address} if address else _alone(self._places, self._scratch)
        try:
            self._ray.init(logging_level=logging.ERROR, log_to_driver=False, namespace="millrace", **settings)
        except (OSError, RuntimeError, ValueError) as exc:
            where = f"at {address}" if address else "on this machine"
            raise MillraceError(
                f"no Ray cluster could be reached {where}: {exc}",
                hint=f"`ray status` tells how it is. {_ADDRESS} names a cluster; without it, one is started here.",
            ) from exc
        _keep_standard_output_clean()


def _keep_standard_output_clean() -> None:
    """Ray prints a lost worker's end among the files that a run tells there, whatever its logging is set to.

    The run tells of it by itself, in a line.
    """
    worker = sys.modules.get("ray._private.worker")
    if hasattr(worker, "print_to_stdstream"):
        setattr(worker, "print_to_stdstream", lambda *_, **__: None)  # noqa: B010  it is not ours to be typed


class RayWorker:
    """One of Ray's workers, which runs tasks as `ProcessWorker` does."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._actor = ray.remote(num_cpus=1, max_restarts=0, max_concurrency=4)(ProcessWorker).remote()

    async def run(self, task: Task) -> dict[str, Any]:
        """The task's answer. Raises `WorkerLost`, also where Ray lost the worker's machine."""
        errors = self._ray.exceptions
        try:
            answer: dict[str, Any] = await self._actor.run.remote(task)
        except errors.RayTaskError as exc:
            if isinstance(exc.cause, WorkerLost):
                raise WorkerLost(exc.cause.message, hint=exc.cause.hint) from exc
            raise MillraceError(
                f"Ray's worker failed: {exc.cause}", hint="Are the same files on every machine?"
            ) from exc
        except errors.RayError as exc:
            raise WorkerLost("Ray lost its worker", hint=str(exc).partition("\n")[0]) from exc
        return answer

    async def drain(self) -> None:
        """Have the task come to its end."""
        with suppress(self._ray.exceptions.RayError):  # a worker that is lost has nothing to drain
            await self._actor.drain.remote()

    async def close(self) -> None:
        """End the worker, and with it whatever it runs."""
        self._ray.kill(self._actor)


def _alone(places: int | None, scratch: str | None) -> dict[str, Any]:
    """A cluster of this machine alone."""
    return {"address": "local", "num_cpus": places, "include_dashboard": False, "_temp_dir": scratch}


def _imported() -> Any:
    try:
        import ray
        import ray.exceptions
    except ImportError as exc:
        raise MillraceError("--engine ray needs Ray, which is not installed here", hint=_INSTALL) from exc
    return ray
