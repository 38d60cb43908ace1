"""The yardstick: the same calls from a bare aiohttp loop, which reads each answer's text and keeps nothing.

    python benchmarks/bare_loop.py BASE_URL --rows 20000 --in-flight 256

Prints its seconds and processor seconds, imports apart, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

import aiohttp
import orjson

SYSTEM = "You are careful and brief. Answer from what you are told, in plain words, and never guess."
FACT = "The sea rises twice in a day and falls twice, because the earth turns under the pull of the moon. "


def question(number: int) -> str:
    """What is asked about one row: about 1 kB, with the row's own number."""
    return f"row-{number} Say what this tells us of tides.\n\n{FACT * 9}"


async def loop(base_url: str, rows: int, in_flight: int) -> None:
    """Ask about every row, so many at once, and check that each got its own answer."""
    numbers = iter(range(rows))
    url, headers = f"{base_url}/chat/completions", {"Content-Type": "application/json", "Authorization": "Bearer none"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def worker() -> None:
            for number in numbers:
                messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question(number)}]
                body = orjson.dumps({"model": "fast", "messages": messages})
                while True:
                    async with session.post(url, data=body, headers=headers) as response:
                        answer = await response.read()
                        if response.status == 200:
                            break
                text = orjson.loads(answer)["choices"][0]["message"]["content"]
                assert text.startswith(f"row-{number} ")

        await asyncio.gather(*(worker() for _ in range(in_flight)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url", metavar="BASE_URL", help="the address of an endpoint, with its /v1")
    parser.add_argument("--rows", type=int, default=20_000, help="rows to ask about (%(default)s)")
    parser.add_argument("--in-flight", type=int, default=256, help="calls open at once (%(default)s)")
    given = parser.parse_args()
    asyncio.run(loop(given.base_url, 8, 8))  # once unmeasured: some imports happen late
    began, used = time.perf_counter(), time.process_time()
    asyncio.run(loop(given.base_url, given.rows, given.in_flight))
    print(json.dumps({"seconds": time.perf_counter() - began, "processor_s": time.process_time() - used}))


if __name__ == "__main__":
    main()
