"""A run folder as the Batch API's clients see it: where answers are kept, and who hears what becomes of a batch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generation_functions.errors import EndpointError, RequestRefused, TransientError
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.exchange import Completion, Request
from generation_functions.models.model import Model
from generation_functions.run.exchanges import given, stored_error

if TYPE_CHECKING:
    from generation_functions.run.folder import RunFolder


@dataclass(frozen=True)
class FolderKeeper:
    """The `Keeper` of a run folder."""

    folder: RunFolder

    def find(self, key: str) -> Completion | RequestRefused | None:
        """The stored answer to a request, or the stored refusal, if it has one."""
        answer = self.folder.store.answer(key)
        try:
            return None if answer is None else given(answer)
        except RequestRefused as refused:
            return refused
        except TransientError:
            return None

    def keep(self, key: str, model: Model, request: Request, completion: Completion, error: str | None = None) -> None:
        """Store an answer, or the reason why there is none, and count what it cost."""
        folder = self.folder
        cost = folder.budget.settle(model, request, 0.0, completion.usage, completion.seconds, completion.retries)
        folder.store.add_answer(
            key, request, completion, model=model.name, step=request.step, cost=cost, run_attempt=folder.run_attempt,
            error=error,
        )  # fmt: skip

    def refusal(self, error: EndpointError) -> str:
        """An error in the words that are stored."""
        return stored_error(error)

    def kept(self) -> asyncio.Future[None]:
        """A future that resolves when all that was kept is on disk."""
        return self.folder.store.flushed()

    def interrupted(self) -> bool:
        """Whether a person has stopped the run."""
        stopped = self.folder.stop.stopped
        return stopped is not None and stopped.reason == "interrupted"

    def tell(self, event: str, message: str, **facts: Any) -> None:
        """Put something that happened into the events and the log."""
        self.folder.events.emit(event, **facts)
        self.folder.log(message)


def batch_desk(folder: RunFolder) -> BatchDesk:
    """The place of a run folder where its batches are remembered."""
    return BatchDesk(folder.path, FolderKeeper(folder))
