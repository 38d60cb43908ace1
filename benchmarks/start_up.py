"""How long the command line takes to answer, beside Python's own start and the import of aiohttp.

    python benchmarks/start_up.py [--rounds 7] [--json FILE]

Each figure is the median of several rounds, the commands taken in turn so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "python alone": ["-c", "pass"],
    "import aiohttp": ["-c", "import aiohttp"],
    "import generation_functions": ["-c", "import generation_functions"],
    "import generation_functions.run.run": ["-c", "import generation_functions.run.run"],
    "run_pipeline.py --help": ["run_pipeline.py", "--help"],
    "run_pipeline.py list": ["run_pipeline.py", "list"],
    "run_pipeline.py validate configs/quickstart.yaml": ["run_pipeline.py", "validate", "configs/quickstart.yaml"],
}


def seconds(words: list[str]) -> float:
    """Wall time of one call, in seconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - began


def measure(rounds: int) -> dict[str, float]:
    """Median seconds of each command."""
    for words in COMMANDS.values():  # once unmeasured: the first call compiles
        seconds(words)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, words in COMMANDS.items():
            times[name].append(seconds(words))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    figures = measure(arguments.rounds)
    yardstick = figures["import aiohttp"]
    for name, value in figures.items():
        print(f"{name:50} {value:6.3f} s   {value / yardstick:5.2f} x import aiohttp")
    if arguments.json:
        arguments.json.write_text(json.dumps({"python": sys.version.split()[0], "median_s": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
