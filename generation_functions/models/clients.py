"""All model clients of a run: one session, one client for each endpoint and model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from generation_functions.errors import StoreError
from generation_functions.models.exchange import ModelClient
from generation_functions.models.model import Model, ModelSpec
from generation_functions.models.offline import OfflineClient
from generation_functions.models.timing import LoopTiming, Timing
from generation_functions.rows import content_key

if TYPE_CHECKING:
    import aiohttp

    from generation_functions.models.batch.desk import BatchDesk

# Sampling travels with each request, and prices are counted elsewhere: models that differ only in these share a client,
# and with it the limits of their endpoint.
_NOT_THE_CLIENTS: Final = {
    "price",
    "structured_output",
    "temperature",
    "top_p",
    "min_p",
    "max_tokens",
    "seed",
    "stop",
    "extra_body",
}

_DIRECT_IN_FLIGHT: Final = 64


class ModelClients:
    """Opens clients as they are asked for, and closes them together.

        async with ModelClients() as clients:
            completion = await clients.client(model).complete(request)

    Until one call of a client was answered, its other calls wait: a wrong key costs one call. Where the endpoint has
    listed its models, they wait no longer than a refusal would take, so that a slow model does not hold them up.

    timing, rng, session   clocks, randomness and the network; the machine's own where they are left out
    limits                 what this process may have of each endpoint's limits; all of them where it is left out
    tell                   an attribute: hears, in one line, what a run's log should say of its endpoints
    """

    def __init__(
        self,
        *,
        timing: Timing | None = None,
        rng: Random | None = None,
        session: Callable[[], aiohttp.ClientSession] | None = None,
        limits: Callable[[ModelSpec], ModelSpec] | None = None,
    ) -> None:
        self._timing = timing
        self._rng = rng or Random()
        self._new_session = session
        self._limits = limits
        self._session: aiohttp.ClientSession | None = None
        self.tell: Callable[[str], None] = _unheard
        self._clients: dict[str, ModelClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def client(self, model: Model, batches: BatchDesk | None = None) -> ModelClient:
        """The client of a model. Needs a running loop. Raises `EndpointUnusable` where the config cannot work.

        batches  the run folder that a model of the Batch API belongs to; without one (a preview, a health check) its
                 endpoint is called directly.
        """
        key = client_key(model.spec)
        if model.spec.provider == "openai-batch":
            key = content_key(key, model.name, None if batches is None else str(batches.folder))
        if key not in self._clients:
            limited = model if self._limits is None else Model(model.name, self._limits(model.spec))
            self._clients[key] = self._new_client(limited, batches)
        return self._clients[key]

    def _new_client(self, model: Model, batches: BatchDesk | None) -> ModelClient:
        provider = model.spec.provider
        if provider == "offline":
            return OfflineClient(model)
        if provider == "local":
            from generation_functions.models.local.client import LocalEmbeddingClient

            return LocalEmbeddingClient(model, tell=self._say, timing=self._timing)
        from generation_functions.models.endpoint import EndpointClient, new_session

        if self._session is None:
            self._session = (self._new_session or new_session)()
        if model.spec.mode == "embedding":
            from generation_functions.models.embedding import EmbeddingClient

            return EmbeddingClient(
                _called_directly(model), session=self._session, timing=self._timing, rng=self._rng, tell=self._say
            )
        if provider == "openai-batch" and batches is not None:
            from generation_functions.models.batch.client import BatchClient

            return BatchClient(model, session=self._session, desk=batches, timing=self._timing, rng=self._rng)
        if model.spec.endpoints:
            return self._failover(model, self._session)
        return EndpointClient(
            _called_directly(model), session=self._session, timing=self._timing, rng=self._rng, tell=self._say
        )

    def _failover(self, model: Model, session: aiohttp.ClientSession) -> ModelClient:
        from generation_functions.models.endpoint import EndpointClient
        from generation_functions.models.failover import FailoverClient, Site
        from generation_functions.models.retry import RetryPolicy
        from generation_functions.models.tries import Tries

        timing = self._timing or LoopTiming()
        sites = [
            Site(
                EndpointClient(Model(model.name, spec), session=session, timing=timing, rng=self._rng, tell=self._say),
                written.weight,
                spec.price,
            )
            for spec, written in zip(model.spec.at_endpoints(), model.spec.endpoints, strict=True)
        ]
        return FailoverClient(
            sites,
            by_weight=model.spec.spread == "weight",
            tries=Tries(RetryPolicy(model.spec.max_retries), timing, self._rng),
            tell=self._say,
        )

    def _say(self, line: str) -> None:
        with suppress(StoreError):  # that the log has no room for a line is no reason to lose an answer
            self.tell(line)

    async def close(self) -> None:
        """Cancel open calls and close every connection. May be called again."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.close()
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _unheard(line: str) -> None:
    """Nobody asked to hear it."""


def _called_directly(model: Model) -> Model:
    """The model with no more calls in flight than endpoints take: as many as may wait for a batch are far too many."""
    spec = model.spec
    if spec.provider != "openai-batch":
        return model
    return Model(model.name, spec.model_copy(update={"max_in_flight": min(spec.max_in_flight, _DIRECT_IN_FLIGHT)}))


def client_key(spec: ModelSpec) -> str:
    """What makes two specs use one client."""
    return content_key(spec.model_dump(exclude=_NOT_THE_CLIENTS))
