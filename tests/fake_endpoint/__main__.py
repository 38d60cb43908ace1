"""The fake as a process: `python -m tests.fake_endpoint --latency 0.02 --answer module:function --log FILE`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fake_endpoint.server import FakeEndpoint, echo, running


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_endpoint", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each call takes")
    parser.add_argument("--answer", default=None, help="module:function from a request's body to text or message")
    parser.add_argument("--plan", default=None, help="module:name of a list or function of faults")
    parser.add_argument("--log", type=Path, default=None, help="file for one JSON line a call started and ended")
    parser.add_argument("--key", default=None, help="the only key that is taken")
    parser.add_argument("--capacity", type=int, default=None, help="calls at once; more get a 429")
    parser.add_argument("--model", action="append", default=None, help="a model to list; may be repeated")
    parser.add_argument("--batch-takes", type=float, default=0.0, help="seconds until a batch is done")
    parser.add_argument("--pause", action="append", default=[], help="STAGE=SECONDS of the Batch API; may be repeated")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    return parser.parse_args()


def named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


async def serve(args: argparse.Namespace) -> None:
    endpoint = FakeEndpoint(
        answer=named(args.answer) if args.answer else echo,
        latency=args.latency,
        key=args.key,
        capacity=args.capacity,
        plan=named(args.plan) if args.plan else (),
        models=tuple(args.model or ["fake-model"]),
        log=args.log,
        keep=False,
    )
    endpoint.batches.takes_s = args.batch_takes
    endpoint.batches.pauses = {stage: float(seconds) for stage, _, seconds in (p.partition("=") for p in args.pause)}
    async with running(endpoint, args.port) as base_url:
        print(json.dumps({"port": int(base_url.split(":")[2].split("/")[0]), "base_url": base_url}), flush=True)
        await (asyncio.to_thread(sys.stdin.read) if args.until_eof else asyncio.Event().wait())


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
