"""Taking in what an ended batch brought: every answer is on disk before it goes to whoever waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models.address import Address
from generation_functions.models.batch.api import Job
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.batch.gathering import Waiting
from generation_functions.models.batch.journal import Batch
from generation_functions.models.batch.lines import Result, completion_of, no_line, read_results
from generation_functions.models.exchange import Completion, Usage
from generation_functions.models.fault import fault_of_answer

_ANSWERS_A_COMMIT = 500
_TOO_MUCH = ("token_limit_exceeded", "enqueued token limit")


@dataclass
class Collecting:
    """One batch being taken in.

    asked, left    keys of its requests in the order of its file; those that no line has answered yet.
    again      requests to ask in another batch, with the passing fault that each met.
    fatal      why no request can succeed, if a line says so.
    passed_over   lines that could not be used, by what was wrong with them.
    """

    desk: BatchDesk
    address: Address
    batch: Batch
    asked: tuple[str, ...]
    left: dict[str, None]
    again: list[tuple[Waiting, TransientError]] = field(default_factory=list)
    fatal: EndpointUnusable | None = None
    answered: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _done_before: set[str] = field(default_factory=set)
    _ready: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def of(cls, desk: BatchDesk, address: Address, batch: Batch) -> Collecting:
        """Nothing taken in yet."""
        asked = tuple(desk.journal.keys(batch.name))
        return cls(desk, address, batch, asked, dict.fromkeys(asked))

    async def take(self, file: Path) -> None:
        """Take in every line of an output or error file."""
        async for result in self._known(read_results(file)):
            try:
                self._settle(result)
            except EndpointError as error:
                self._fail(result.key, error)
            if len(self._ready) >= _ANSWERS_A_COMMIT:
                await self.hand_over()
        await self.hand_over()

    async def _known(self, results: Iterator[Result | None]) -> AsyncIterator[Result]:
        for result in results:
            if result is None:
                self._pass_over("unreadable")
            elif result.key in self._done_before:
                continue
            elif result.key in self._done:
                self._pass_over("answered before")
            elif result.key not in self.left:
                self._pass_over("of no request in it")
            else:
                del self.left[result.key]
                self._done.add(result.key)
                yield result

    def start_over(self) -> None:
        """The files will be taken in once more: what they gave before is no news."""
        self._done_before |= self._done
        self._done, self.passed_over = set(), {}

    def _pass_over(self, why: str) -> None:
        self.passed_over[why] = self.passed_over.get(why, 0) + 1

    def _settle(self, result: Result) -> None:
        keeper, waiting = self.desk.keeper, self.desk.waiting.get(result.key)
        request = waiting.request if waiting else self.desk.journal.request(self.batch.name, result.key)
        completion = completion_of(self.address, result, request.prompt)
        if waiting is not None:
            completion = _after_failures(completion, waiting)
        self.answered += 1
        stored = keeper.find(result.key)
        if not isinstance(stored, Completion):
            keeper.keep(result.key, self.batch.model, request, completion)
        if waiting is not None:
            answer, waiter = stored if isinstance(stored, Completion) else completion, waiting
            self._ready.append(lambda: _answer(waiter, answer))

    def _fail(self, key: str, error: EndpointError) -> None:
        if isinstance(error, EndpointUnusable):
            self.fatal = self.fatal or error
            return
        waiting = self.desk.waiting.get(key)
        if isinstance(error, TransientError):
            if waiting is not None:
                waiting.input_tokens += error.input_tokens
                waiting.output_tokens += error.output_tokens
                self.again.append((waiting, error))
            return
        assert isinstance(error, RequestRefused)
        self._keep_refusal(key, waiting, error)

    def _keep_refusal(self, key: str, waiting: Waiting | None, error: RequestRefused) -> None:
        keeper = self.desk.keeper
        if waiting is not None:
            error.input_tokens += waiting.input_tokens
            error.output_tokens += waiting.output_tokens
        request = waiting.request if waiting else self.desk.journal.request(self.batch.name, key)
        usage = Usage(error.input_tokens, error.output_tokens)
        refusal = Completion("", finish_reason="error", usage=usage)
        if keeper.find(key) is None:
            keeper.keep(key, self.batch.model, request, refusal, keeper.refusal(error))
        if waiting is not None:
            waiter = waiting
            self._ready.append(lambda: _refuse(waiter, error))

    def conclude(self, job: Job) -> RequestRefused | None:
        """Judge what has no line by now. Gives the refusal where the whole batch was too much for the endpoint at
        once: what is `left` then is asked in smaller batches."""
        crowded = None
        for line, complaint in job.complaints:
            fault = fault_of_answer(self.address, complaint.status or 400, complaint)
            if any(word in complaint.said.lower() for word in _TOO_MUCH):
                crowded = RequestRefused(fault.message, hint=fault.hint, status=fault.status)
            elif isinstance(fault, EndpointUnusable):
                self.fatal = self.fatal or fault
            elif line is not None and 1 <= line <= len(self.asked):
                self._refuse(self.asked[line - 1], RequestRefused(fault.message, hint=fault.hint, status=400))
        if crowded is None:
            for key in self.left:
                self._fail(key, no_line(self.address, job.status))
            self.left = {}
        return crowded

    def _refuse(self, key: str, error: RequestRefused) -> None:
        if key in self.left:
            del self.left[key]
            self._keep_refusal(key, self.desk.waiting.get(key), error)

    def report(self, job: Job) -> None:
        """Put on record what came of the batch."""
        tell, batch = self.desk.keeper.tell, self.batch
        self.desk.standing.pop(batch.name, None)
        why = next((f" ({self.address.quote(c.said.strip())})" for _, c in job.complaints), "")
        failed = batch.count - self.answered
        tell(
            "batch_collected", f"{batch.model.name}: {job.id} {job.status}{why}: {self.answered:,} answered, {failed:,}"
            " not", id=job.id, model=batch.model.name, status=job.status, answered=self.answered, failed=failed,
        )  # fmt: skip
        for what, count in self.passed_over.items():
            tell("batch_lines_ignored", f"{job.id}: {count:,} lines passed over: {what}", id=job.id, lines=count)

    async def hand_over(self) -> None:
        """Wait until the answers are on disk, then let their askers go on."""
        await self.desk.keeper.kept()
        ready, self._ready = self._ready, []
        for tell in ready:
            tell()


def _after_failures(completion: Completion, waiting: Waiting) -> Completion:
    """A completion with the tokens of the failed tries before it: they are billed too."""
    if not waiting.failures:
        return completion
    usage = completion.usage
    whole = Usage(
        usage.input_tokens + waiting.input_tokens, usage.output_tokens + waiting.output_tokens, usage.estimated
    )
    return replace(completion, retries=waiting.failures, usage=whole)


def _answer(waiting: Waiting, completion: Completion) -> None:
    if not waiting.future.done():
        waiting.request.kept = True
        waiting.future.set_result(completion)


def _refuse(waiting: Waiting, error: RequestRefused) -> None:
    if not waiting.future.done():
        waiting.request.kept = True
        waiting.future.set_exception(error)
