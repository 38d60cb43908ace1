"""Rows a second, processor and memory of a whole run beside other tools at the same task, and beside a bare loop.

    python benchmarks/beside_peers.py [--rows 2000] [--rounds 3] [--cache FOLDER] [--only NAME ...] [--json FILE]

Every tool asks the same questions of the same fast endpoint, so many at once, and saves the answers in its own way by
the best settings its documents name; each answer is then checked against its question. `peers/NAME.py` is what one of
them runs, `peers/requirements-NAME.txt` the version it is pinned to. Each gets an environment of its own in a cache
folder, made at the first call: some gigabytes and minutes. One that cannot be installed is told with the reason. A tool
whose round takes long has one round. Imports are not counted. Takes about fifteen minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bare_loop import SYSTEM, question
from benchmarks.fast_endpoint import serving
from benchmarks.rounds import ROOT, Figures, arguments, median, median_ratio, positive, save, table

FOLDER = ROOT / "benchmarks" / "peers"
PEERS = {
    "curator": "Bespoke Curator", "sdg_hub": "SDG Hub", "data_designer": "NeMo Data Designer",
    "distilabel": "distilabel", "datatrove": "datatrove's runner", "synthetic_data_kit": "synthetic-data-kit",
}  # fmt: skip
OWN = {"bare": "bare loop", "millrace": "Millrace"}
LATENCIES_MS = (0, 200)
IN_FLIGHT = 256
SHORT_S = 20.0
PATIENCE_S = 400
LOOKS_EVERY_S = 0.1


@dataclass(frozen=True)
class Contest:
    """What all are asked, and where their environments are."""

    cache: Path
    rows: int

    def command(self, name: str, base_url: str, folder: Path) -> list[str]:
        """The words that start one of them."""
        if name == "bare":
            return [sys.executable, f"{ROOT}/benchmarks/bare_loop.py", base_url, f"--rows={self.rows}"]
        if name == "millrace":
            program = f"{ROOT}/benchmarks/one_step.py"
            return [sys.executable, program, base_url, str(folder / "run"), f"--rows={self.rows}"]
        asked = folder / "questions.json"
        asked.write_text(json.dumps({"system": SYSTEM, "questions": [question(n) for n in range(self.rows)]}))
        return [python_of(self.cache / name), str(FOLDER / f"{name}.py"), base_url, str(asked), str(folder)]

    def once(self, name: str, latency: int) -> Figures:
        """One round of one of them: its figures, once every answer has been checked."""
        with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder, serving(latency=latency) as endpoint:
            command = [*self.command(name, endpoint.base_url, Path(folder)), f"--in-flight={IN_FLIGHT}"]
            figures = watched(command, Path(folder), quiet_environment(self.cache))
            figures["most_in_flight"] = endpoint.stats()["most_in_flight"]
            check(name, Path(folder), self.rows)
        return figures


def python_of(environment: Path) -> str:
    """An environment's interpreter."""
    return str(environment / ("Scripts" if os.name == "nt" else "bin") / "python")


def prepared(cache: Path, name: str) -> str | None:
    """Make a peer's environment where it is not there yet. Gives what stands in the way, or None."""
    wanted, place = FOLDER / f"requirements-{name}.txt", cache / name
    mark = place / "installed.txt"
    if mark.exists() and mark.read_text() == wanted.read_text():
        return None
    print(f"installing {PEERS[name]} into {place}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    done = subprocess.run(
        [python_of(place), "-m", "pip", "install", "-q", "-r", str(wanted)], capture_output=True, text=True
    )
    if done.returncode:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"pip ended with {done.returncode}"
    mark.write_text(wanted.read_text())
    return None


def quiet_environment(cache: Path) -> dict[str, str]:
    """Variables that keep a tool from telling anybody anything, and from fetching what it has."""
    home = cache / "home"
    home.mkdir(exist_ok=True)
    tokens = next(cache.glob("*/lib/python*/site-packages/litellm/litellm_core_utils/tokenizers"), home)
    return {
        **os.environ, "HOME": str(home), "OPENAI_API_KEY": "none", "TIKTOKEN_CACHE_DIR": str(tokens),
        "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TELEMETRY_ENABLED": "false", "DO_NOT_TRACK": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }  # fmt: skip


def watched(command: list[str], folder: Path, environment: Mapping[str, str]) -> Figures:
    """Run a program to its end: the JSON it prints last, and the most memory it held."""
    said = folder / "said.txt"
    began = time.monotonic()
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
        peak = Peak(process.pid)
        try:
            code = process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"did not end within {PATIENCE_S} s") from None
        finally:
            peak.done.set()
            peak.join()
    lines = said.read_text(errors="replace").splitlines()
    if code:
        raise Failed(f"ended with {code}: {' '.join(lines[-3:])[-300:]}")
    figures = json.loads(next(line for line in reversed(lines) if line.startswith('{"seconds"')))
    return {**figures, "peak_mb": peak.most / 1e6, "wall_s": time.monotonic() - began}


class Failed(Exception):
    """What kept one from getting through."""


class Peak(threading.Thread):
    """The most memory that a process and its descendants held at a look; what they share is counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.done = pid, 0, threading.Event()
        self.start()

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.done.wait(LOOKS_EVERY_S):
            self.most = max(self.most, sum(map(share_of, family(self.pid))))


def family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def share_of(pid: int) -> int:
    """Bytes of memory of a process, its share of what it shares."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def check(name: str, folder: Path, rows: int) -> None:
    """Whether every row was saved with its own answer. The bare loop, which saves nothing, checks for itself."""
    if name == "bare":
        return
    if name == "millrace":
        lines = (folder / "run" / "datasets" / "answers.jsonl").read_text().splitlines()
        named = [json.loads(line)["messages"][1]["content"].split()[0] for line in lines]
    else:
        pairs = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
        wrong = [(asked[:20], said[:20]) for asked, said in pairs if asked.split()[0] != said.split()[0]]
        if wrong:
            raise Failed(f"{len(wrong)} answers belong to another question, the first: {wrong[0]}")
        named = [asked.split()[0] for asked, _ in pairs]
    if sorted(named) != sorted(f"row-{n}" for n in range(rows)):
        raise Failed(f"{len(named)} rows were saved, {len(set(named))} different ones, of {rows}")


def measured(contest: Contest, names: list[str], latency: int, rounds: int) -> dict[str, Any]:
    """All of them in turn, so many rounds; one that takes long has one."""
    found: dict[str, list[Figures]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    for number in range(rounds):
        for name in names:
            slow = bool(found[name]) and found[name][0]["wall_s"] > SHORT_S
            if name in failed or slow:
                continue
            try:
                found[name].append(contest.once(name, latency))
                print(f"{latency} ms, round {number + 1}, {name}: {found[name][-1]['seconds']:.2f} s", flush=True)
            except Failed as exc:
                failed[name] = str(exc)
                print(f"{latency} ms, {name}: {exc}", flush=True)
    return {
        name: {"failed": failed[name]} if name in failed else summed_up(rows, found["bare"], contest.rows)
        for name, rows in found.items()
    }


def summed_up(mine: list[Figures], bare: list[Figures], rows: int) -> dict[str, float]:
    """Medians, and the median of what each round is of the loop's in the same round."""
    seconds = median(mine, "seconds")
    return {
        "rounds": len(mine), "rows_s": round(rows / seconds, 1),
        "of_bare_loop": round(1 / median_ratio(mine, bare[: len(mine)], "seconds"), 4),
        "processor_ms_a_row": round(median(mine, "processor_s") / rows * 1000, 3),
        "peak_mb": round(max(each["peak_mb"] for each in mine)),
        "most_in_flight": max(each["most_in_flight"] for each in mine),
    }  # fmt: skip


def versions(names: list[str]) -> dict[str, str]:
    """What each peer is pinned to."""
    return {name: (FOLDER / f"requirements-{name}.txt").read_text().splitlines()[0] for name in names}


def shown(names: list[str], found: Mapping[int, Mapping[str, Any]], not_here: Mapping[str, str]) -> str:
    """The table of them."""
    lines = []
    for name in names:
        each = [found[latency][name] for latency in found]
        cells = ["failed" if "failed" in one else f"{one['of_bare_loop']:.3f}" for one in each]
        first = each[0]
        more = ["", ""] if "failed" in first else [f"{first['processor_ms_a_row']:.2f}", f"{first['peak_mb']:.0f}"]
        lines.append([(OWN | PEERS)[name], *cells, *more])
    head = ["", *(f"of the bare loop, {latency} ms" for latency in found), "processor ms a row", "peak MB"]
    told = "".join(f"\n{PEERS[name]} is not here: {why}" for name, why in not_here.items())
    return table(head, lines) + told


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--rows", type=positive, default=2000, help="rows of a round (%(default)s)")
    home = Path.home() / ".cache" / "millrace-peers"
    parser.add_argument(
        "--cache", type=Path, default=home, metavar="FOLDER", help="where environments are (%(default)s)"
    )
    every = ", ".join(PEERS)
    parser.add_argument(
        "--only", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME", help=f"none, or some of {every}"
    )
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    hindered = {name: prepared(given.cache, name) for name in given.only}
    not_here = {name: why for name, why in hindered.items() if why is not None}
    names = [*OWN, *(name for name in given.only if name not in not_here)]
    contest = Contest(given.cache, given.rows)
    found = {latency: measured(contest, names, latency, given.rounds) for latency in LATENCIES_MS}
    print(shown(names, found, not_here))
    facts = {f"{latency}ms": figures for latency, figures in found.items()}
    pinned = versions(given.only)
    save(given.json, {"rows": given.rows, "in_flight": IN_FLIGHT, "pinned": pinned, "not_here": not_here, **facts})


if __name__ == "__main__":
    main()
