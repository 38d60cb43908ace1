"""A job: what the command line changes of a config, and the words that make the same run again."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from commands.job import Changes, command_line, load_job, models_in
from generation_functions import Model
from generation_functions.errors import ConfigError
from tests.commands.small_project import CONFIG, write_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_project(tmp_path, config=f"{CONFIG}budget: {{usd: 5}}\nlimit: 7\nseed: 3\n"))
    return tmp_path


def test_the_config_says_how_to_run_and_the_command_line_wins(project: Path) -> None:
    options = load_job(Path("config.yaml")).options
    assert (options.pipeline, options.seed, options.limit, options.budget_usd) == ("poems.py:poems", 3, 7, 5.0)
    job = load_job(Path("config.yaml"), Changes(("chunk_tokens=50", "output_dir=elsewhere"), 2, 0.5, fresh=True))
    assert (job.options.limit, job.options.budget_usd, job.options.fresh) == (2, 0.5, True)
    assert (job.kwargs["chunk_tokens"], job.output_dir) == (50, Path("elsewhere"))


def test_a_limit_and_a_budget_do_not_change_what_is_made(project: Path) -> None:
    plain, limited = load_job(Path("config.yaml")), load_job(Path("config.yaml"), Changes(limit=2, budget_usd=9.0))
    changed = load_job(Path("config.yaml"), Changes(("chunk_tokens=50",)))
    assert plain.options.fingerprint == limited.options.fingerprint != changed.options.fingerprint


def test_the_command_repeats_every_change_but_fresh_and_survives_a_shell(project: Path) -> None:
    odd = project / "my config; rm.yaml"
    odd.write_text((project / "config.yaml").read_text())
    changes = Changes(("output_dir=out put",), 2, 0.5, fresh=True)
    words = shlex.split(load_job(Path(odd.name), changes).command)
    assert words[2:] == ["run", odd.name, "--set", "output_dir=out put", "--limit", "2", "--budget", "0.5"]


def test_a_wrapper_script_is_named_in_commands_where_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_COMMAND", "./start.sh")
    assert command_line("run", "a b.yaml") == "./start.sh run 'a b.yaml'"


def test_all_problems_are_raised_at_once(project: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_job(Path("config.yaml"), Changes(("chunk_tokens=x", "nobody=1"), limit=0))
    assert len(raised.value.problems) == 3


def test_models_are_found_however_deep_they_stand() -> None:
    one, two = Model.offline("one"), Model.offline("two")
    assert list(models_in({"a": one, "b": [{"c": two}], "d": 3})) == [one, two]
