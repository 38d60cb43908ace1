"""A real OpenAI-compatible server over a real loopback socket, for tests and benchmarks.

async with running(FakeEndpoint(answer=lambda body: "hello")) as base_url: ...
with served(answer="tests.some_module:answer", log=path) as base_url: ...
"""

from tests.fake_endpoint.faults import Fault, Plan
from tests.fake_endpoint.process import served
from tests.fake_endpoint.server import FakeEndpoint, read_log, running

__all__ = ["FakeEndpoint", "Fault", "Plan", "read_log", "running", "served"]
