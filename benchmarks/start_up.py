"""How long the command line takes to answer, beside Python's own start and the import of aiohttp.

    python benchmarks/start_up.py [--rounds 7] [--json FILE]

Each figure is the median of several rounds, the commands taken in turn so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rounds import ROOT, arguments, in_turn, median, save, table, timed

YARDSTICK = "import aiohttp"
COMMANDS = {
    "python alone": ["-c", "pass"],
    "import aiohttp": ["-c", "import aiohttp"],
    "import generation_functions": ["-c", "import generation_functions"],
    "import generation_functions.run.run": ["-c", "import generation_functions.run.run"],
    "run_pipeline.py --help": ["run_pipeline.py", "--help"],
    "run_pipeline.py list": ["run_pipeline.py", "list"],
    "run_pipeline.py validate configs/quickstart.yaml": ["run_pipeline.py", "validate", "configs/quickstart.yaml"],
}


def call(words: list[str]) -> None:
    """One call of Python with these words, to its end."""
    subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=True)


def measure(rounds: int) -> dict[str, float]:
    """Median seconds of each command."""
    for words in COMMANDS.values():  # once unmeasured: the first call compiles
        call(words)
    once = {name: partial(timed, partial(call, words)) for name, words in COMMANDS.items()}
    return {name: median(found, "seconds") for name, found in in_turn(rounds, **once).items()}


def main() -> None:
    parser = arguments(__doc__, rounds=7)
    given = parser.parse_args()
    figures = measure(given.rounds)
    lines = [[name, f"{value:.3f}", f"{value / figures[YARDSTICK]:.2f}"] for name, value in figures.items()]
    print(table(["command", "seconds", "of aiohttp's import"], lines))
    save(given.json, {"rounds": given.rounds, "median_s": figures})


if __name__ == "__main__":
    main()
