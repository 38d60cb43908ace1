"""A `ModelClient` for an embedding model in this process. It loads on first need, in threads of its own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import numpy as np

from generation_functions.errors import EndpointUnusable, RequestRefused
from generation_functions.models.exchange import Completion, Request, Usage
from generation_functions.models.local.engines import Embedded, Engine, load_engine
from generation_functions.models.local.folder import EmbeddingFolder, missing_library, read_folder
from generation_functions.models.local.threads import threads_of
from generation_functions.models.local.weights import Weights, weights_of
from generation_functions.models.model import Model, ModelSpec
from generation_functions.models.timing import LoopTiming, Timing
from generation_functions.rows import Json

ONLY_EMBEDS: Final = "`provider: local` gives embeddings; a local model that writes is not available in this version"
ONLY_EMBEDS_HINT: Final = "set `mode: embedding`, or use `provider: openai` with the address of a server for the model"


def checked_folder(spec: ModelSpec) -> EmbeddingFolder:
    """What a local model is, from its files alone. Raises `EndpointUnusable` for one that could not be asked."""
    if spec.mode != "embedding":
        raise EndpointUnusable(ONLY_EMBEDS, hint=ONLY_EMBEDS_HINT)
    folder = read_folder(spec)
    if (error := missing_library(folder)) is not None:
        raise error
    return folder


class LocalEmbeddingClient:
    """Answers with vectors, as `EmbeddingClient` does: base64 of little-endian 16-bit floats.

    tell  hears, once, when texts are longer than the model reads.

    Raises `EndpointUnusable` at once where the config cannot lead to a vector.
    """

    def __init__(self, model: Model, *, tell: Callable[[str], None], timing: Timing | None = None) -> None:
        checked_folder(model.spec)
        self._model = model
        self._tell = tell
        self._timing = timing or LoopTiming()
        self._loading: asyncio.Future[tuple[Engine, Weights]] | None = None
        threads = threads_of(model.spec)
        self._places = asyncio.Semaphore(threads)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embedding")
        self._told = False

    async def complete(self, request: Request) -> Completion:
        """The vector of `request.prompt`, a text. Raises `RequestRefused`, `EndpointUnusable`."""
        engine, weights = await self._loaded()
        if request.weights and request.weights != weights.digest:
            raise EndpointUnusable(
                f"{self._model.name}: the files in {weights.folder.path} changed while the run went on",
                hint="run again: what was embedded by other files is embedded anew",
            )
        async with self._places:
            if request.room is not None and (room := request.room()) is not None:
                await room
            request.sent = True
            started = self._timing.now()
            work = partial(self._embedded, engine, str(request.prompt))
            found = await asyncio.get_running_loop().run_in_executor(self._pool, work)
            seconds = self._timing.now() - started
        self._tell_of_cuts(engine, found)
        vector = self._packed(found, request.sampling.get("dimensions"), normalises=weights.folder.normalises)
        return Completion(vector, usage=Usage(found.tokens), seconds=seconds)

    async def _loaded(self) -> tuple[Engine, Weights]:
        if self._loading is None:
            self._loading = asyncio.get_running_loop().run_in_executor(self._pool, self._load)
        return await asyncio.shield(self._loading)

    def _load(self) -> tuple[Engine, Weights]:
        weights = weights_of(self._model.spec)
        return load_engine(weights.folder, self._model.spec.pooling), weights

    def _embedded(self, engine: Engine, text: str) -> Embedded:
        try:
            engine.begin()
            return engine.embed(text)
        except MemoryError as exc:
            raise EndpointUnusable(
                f"{self._model.name}: no memory for a text of {len(text):,} characters",
                hint="give the model fewer threads (`max_in_flight: 1`), or cut shorter chunks",
            ) from exc
        except (RuntimeError, ValueError, IndexError, TypeError) as exc:
            line = " ".join(str(exc).split())[:300]
            raise RequestRefused(
                f"{self._model.name}: no vector for a text of {len(text):,} characters: {line}"
            ) from exc

    def _packed(self, found: Embedded, dimensions: Json, *, normalises: bool) -> str:
        vector = found.vector
        if isinstance(dimensions, int):
            self._check_dimensions(dimensions, len(vector))
            vector = vector[:dimensions]
            length = float(np.linalg.norm(vector))
            vector = vector / length if normalises and length else vector
        with np.errstate(over="ignore"):
            halves = vector.astype("<f2")
        if not np.isfinite(halves).all():
            raise RequestRefused(f"{self._model.name}: the vector of a text of {found.tokens} tokens is not finite")
        return base64.b64encode(halves.tobytes()).decode()

    def _check_dimensions(self, wanted: int, there: int) -> None:
        if not 0 < wanted <= there:
            raise EndpointUnusable(
                f"{self._model.name}: {wanted} dimensions are wanted, and the model has {there}",
                hint="give `dimensions` in extra_body a number up to that, or leave it out",
            )

    def _tell_of_cuts(self, engine: Engine, found: Embedded) -> None:
        if found.cut and not self._told:
            self._told = True
            self._tell(
                f"{self._model.name}: the model reads {engine.most_tokens} tokens of a text, and some are longer:"
                " their rest is not in their vectors"
            )

    async def probe(self) -> None:
        """Load the model, which costs nothing. Raises `EndpointUnusable` where it cannot be loaded."""
        await self._loaded()

    async def describe(self) -> str:
        """What the model is, for a health check. Raises `EndpointUnusable`."""
        engine, weights = await self._loaded()
        return f"{weights.folder.path}, in this process; {engine.dimensions} dimensions, {engine.most_tokens} tokens"

    async def close(self) -> None:
        """Wait for the texts that are being read; those that wait are let go of."""
        if self._loading is not None and not self._loading.done():
            self._loading.cancel()
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
