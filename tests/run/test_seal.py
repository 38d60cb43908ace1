"""A finished run is not made again while nothing has changed; the least change, and it is. In real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from generation_functions.run.watch import Watch, fresh_state, state_of

ROOT = Path(__file__).parents[2]
PIPELINE = """
import sqlite3, subprocess
from pathlib import Path
from generation_functions import Dataset, Model, PipelineStep, Run
from words import SUFFIX

loud = PipelineStep("loud", into="loud", offline=lambda values, rng: values["text"].upper())

async def telling(run: Run, *, input_dir: Path, writer: Model, greeting: str = "") -> Dataset:
    {before}
    here = Path(__file__).parent
    extra = (here / "extra.txt").read_text()
    made = run.read(input_dir).whole().through(loud, model=writer)
    return await {run}.write(made, "told", lambda row: {{"text": row["loud"] + extra + SUFFIX + greeting}})
"""


@dataclass(frozen=True)
class Place:
    """A small project on disk, run in processes of their own."""

    root: Path
    pipeline: str = PIPELINE

    def prepare(self, before: str = "pass", run: str = "run") -> Place:
        """Write its files."""
        for name, text in {
            "inputs/a.txt": "one", "inputs/b.txt": "two", "extra.txt": "!", "words.py": "SUFFIX = '.'\n",
            "telling.py": PIPELINE.format(before=before, run=run),
            "prompts/loud.yaml": "- role: user\n  content: 'Say {text}'\n",
        }.items():  # fmt: skip
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text)
        self.configure()
        return self

    def configure(self, **changes: Any) -> None:
        """Write its config."""
        config = {
            "pipeline": "telling.py:telling", "output_dir": "out", "input_dir": "inputs",
            "writer": {"provider": "offline"},
        }  # fmt: skip
        (self.root / "config.yaml").write_bytes(orjson.dumps({**config, **changes}))

    def start(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it, whatever comes of it."""
        time.sleep(0.03)  # a file changed in the same tick of the clock as the run's start is never vouched for
        return subprocess.run(
            [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--json", *words], cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def run(self, *words: str, **environment: str) -> dict[str, Any]:
        """The JSON that a run prints."""
        found = self.start(*words, **environment)
        assert found.returncode == 0, found.stderr
        return {**orjson.loads(found.stdout), "said": found.stderr}

    def attempts(self) -> int:
        """How many attempts have begun."""
        return int(orjson.loads((self.root / "out" / "run.json").read_bytes())["attempt"])

    def files(self) -> dict[str, tuple[bytes, int]]:
        """All files of the run, with their bytes and times."""
        return {
            str(path.relative_to(self.root)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted((self.root / "out").rglob("*"))
            if path.is_file() and path.name != ".lock"
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path).prepare()


def same_size(path: Path, text: str) -> None:
    """Other content of the same size and the same time of change."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_finished_run_ends_at_once_and_touches_nothing(place: Place) -> None:
    first = place.run()
    before = place.files()
    second = place.run()
    assert place.files() == before
    assert "nothing to do" in second["said"]
    assert second["calls"] == 0
    assert second["reused"] == first["calls"] == 2
    told = ("status", "message", "datasets", "sources", "paid", "cost_usd", "files", "exit_code")
    assert {name: second[name] for name in told} == {name: first[name] for name in told}


def test_a_skip_tells_what_going_through_every_row_tells(place: Place) -> None:
    place.run()
    skipped = place.run()
    (place.root / "out" / ".finished.json").unlink()
    replayed = place.run()
    assert place.attempts() == 2
    assert "nothing to do: 0 calls; 2 rows already there" in skipped["said"]
    replayed["said"] = replayed["said"].replace("to ask", "to do").replace("2 rows written", "2 rows already there")
    passing = ("attempt", "started", "ended")
    assert {k: v for k, v in replayed.items() if k not in passing} == {
        k: v for k, v in skipped.items() if k not in passing
    }


CHANGES: dict[str, Callable[[Path], object]] = {
    "the pipeline's code": lambda root: (root / "telling.py").write_text((root / "telling.py").read_text() + "\n# ..."),
    "a module it imports": lambda root: same_size(root / "words.py", "SUFFIX = '?'\n"),
    "a prompt": lambda root: same_size(root / "prompts/loud.yaml", "- role: user\n  content: 'SAY {text}'\n"),
    "a prompt that goes before": lambda root: (root / "prompts/more.yaml").write_text("- role: user\n  content: hm\n"),
    "an input, size and time kept": lambda root: same_size(root / "inputs/a.txt", "ONE"),
    "another input": lambda root: (root / "inputs/c.txt").write_text("three"),
    "an input less": lambda root: (root / "inputs/b.txt").unlink(),
    "a file that only the pipeline knows of": lambda root: same_size(root / "extra.txt", "?"),
    "a row of the dataset": lambda root: same_size(
        root / "out/datasets/told.jsonl", (root / "out/datasets/told.jsonl").read_text().replace("ONE", "WON")
    ),
    "the dataset is gone": lambda root: (root / "out/datasets/told.jsonl").unlink(),
    "the card is gone": lambda root: (root / "out/datasets/README.md").unlink(),
    "a file more beside the dataset": lambda root: (root / "out/datasets/told.validation.jsonl").write_text("{}\n"),
    "the seal is damaged": lambda root: (root / "out/.finished.json").write_text("{"),
}


def test_the_least_change_and_every_row_is_gone_through(place: Place) -> None:
    place.run()
    for number, (change, make) in enumerate(CHANGES.items(), start=2):
        make(place.root)
        place.run()
        assert place.attempts() == number, f"it was not seen that {change} changed"
    remade = [file[0] for name, file in place.files().items() if "/told." in name]
    place.run("--fresh")  # the oracle: what a run from nothing gives
    assert remade == [file[0] for name, file in place.files().items() if "/told." in name]


def test_a_file_that_the_pipeline_says_it_made_is_made_again(tmp_path: Path) -> None:
    made = "run.output_dir / 'more' / 'table.txt'"
    begun = f"({made}).parent.mkdir(exist_ok=True); (run.output_dir / 'part').write_text('1')"
    place = Place(tmp_path).prepare(
        f"{begun}; (run.output_dir / 'part').rename({made}); run.made(run.output_dir / 'more')"
    )
    place.run()
    place.run()
    assert place.attempts() == 1
    (tmp_path / "out" / "more" / "table.txt").unlink()
    place.run()
    assert place.attempts() == 2
    assert (tmp_path / "out" / "more" / "table.txt").read_text() == "1"


def test_another_config_is_another_run(place: Place) -> None:
    place.run()
    seeded = {"provider": "offline", "seed": 3}
    changes: list[dict[str, Any]] = [{"seed": 1}, {"greeting": "hi"}, {"max_failed_share": 0.5}, {"writer": seeded}]
    for number, change in enumerate(changes, start=2):
        place.configure(**change)
        place.run()
        assert place.attempts() == number, change


def test_a_value_from_the_environment_counts_as_it_is_now(place: Place) -> None:
    place.configure(greeting="${GREETING}")
    place.run(GREETING="hi")
    place.run(GREETING="hi")
    assert place.attempts() == 1
    assert place.run(GREETING="ho")["status"] == "succeeded"
    assert place.attempts() == 2
    assert b"HO" not in place.files()["out/.finished.json"][0]


def test_a_granted_retry_is_not_passed_over(place: Place) -> None:
    from generation_functions.store import Store

    place.run()
    with Store(place.root / "out" / "store.sqlite", clean=True) as store:
        store.ask_again("loud", "a key")
    place.run()
    assert place.attempts() == 2


@pytest.mark.parametrize(
    "before",
    ["subprocess.run(['true'], check=True)", "sqlite3.connect(Path(__file__).with_name('other.sqlite')).close()"],
    ids=["a program", "a database"],
)
def test_what_leaves_no_file_to_compare_leaves_no_seal(tmp_path: Path, before: str) -> None:
    place = Place(tmp_path).prepare(before)
    place.run()
    place.run()
    assert place.attempts() == 2
    assert "it depends on more than files" in (tmp_path / "out" / "log.txt").read_text()


def test_an_input_that_changes_under_way_leaves_no_seal(tmp_path: Path) -> None:
    place = Place(tmp_path).prepare("(input_dir / 'a.txt').read_text(); (input_dir / 'a.txt').write_text('uno')")
    place.run()
    place.run()
    assert place.attempts() == 2


def test_runs_inside_a_run_are_part_of_it(tmp_path: Path) -> None:
    place = Place(tmp_path).prepare(run="run.child('inner')")
    code = (tmp_path / "telling.py").read_text().replace("run.read", "run.child('inner').read")
    (tmp_path / "telling.py").write_text(code)
    place.run()
    place.run()
    assert place.attempts() == 1
    (tmp_path / "out" / "inner" / "datasets" / "told.jsonl").unlink()
    place.run()
    assert place.attempts() == 2
    assert (tmp_path / "out" / "inner" / "datasets" / "told.jsonl").exists()


def test_a_file_that_changed_a_moment_ago_is_not_vouched_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("text")
    changed = path.stat().st_ctime
    assert fresh_state(str(path), changed + 0.005) is None
    assert fresh_state(str(path), changed - 100) is None  # a clock that went back
    assert fresh_state(str(path), changed + 1) == state_of(str(path))
    os.utime(path, (1e9, 1e9))
    assert fresh_state(str(tmp_path / "none"), 1e9) == ""


def test_a_watch_forgets_nothing_that_was_read_before_a_run_began(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("text")
    os.utime(path, (1e9, 1e9))
    watch = Watch()
    time.sleep(0.03)
    watch.hear("open", (str(path), "r", 0))
    watch.begin(tmp_path / "out")
    assert watch.files == {str(path): state_of(str(path))}
    path.write_text("other")
    watch.hear("open", (str(path), "r", 0))
    assert watch.files == {str(path): None}


def blocked(name: str) -> str:
    """Code that puts a folder where a run wants to write a file: as good as a full disk at just that moment."""
    return f"path = Path('out') / {name!r}; path.unlink(missing_ok=True); path.mkdir()"


def test_a_run_whose_end_cannot_be_written_is_not_sealed(tmp_path: Path) -> None:
    place = Place(tmp_path).prepare(before=blocked("run.json"))
    failed = place.start()
    assert failed.returncode == 1
    assert "run.json cannot be written" in failed.stderr
    assert not (tmp_path / "out" / ".finished.json").exists()
    events = (tmp_path / "out" / "events.jsonl").read_text()
    assert "run_ended" not in events, "an end that is written nowhere is not told"
    (tmp_path / "out" / "run.json").rmdir()
    place.prepare()
    assert place.run()["status"] == "succeeded"
    assert place.attempts() == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_not_text_is_sealed_like_others(place: Place) -> None:
    odd = os.fsencode(place.root / "inputs") + b"/p\xffer.txt"
    Path(os.fsdecode(odd)).write_text("The pier is long. It was built of oak in 1820 and stands yet.")
    assert "not sealed" not in place.run()["said"]
    assert "nothing to do" in place.run()["said"]
    assert place.attempts() == 1
    Path(os.fsdecode(odd)).write_text("The pier is gone. It was built of oak in 1820 and fell since.")
    place.run()
    assert place.attempts() == 2


def test_a_seal_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path).prepare(before=blocked(".finished.json"))
    assert place.run()["status"] == "succeeded"
    log = (tmp_path / "out" / "log.txt").read_text()
    assert "not sealed, so running this again goes through every row" in log
    assert ".finished.json cannot be written" in log
    place.prepare().run()
    assert place.attempts() == 2
