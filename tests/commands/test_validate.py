"""`validate`: every problem of every config, and that all configs that are shipped have none."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

import run_pipeline
from commands.job import Changes, load_jobs
from commands.pipeline_steps import prompt_names, prompts_of, steps_of
from generation_functions.config import Project
from generation_functions.models.model import Model
from generation_functions.steps.step import PromptedStep
from tests.commands.small_project import CONFIG, ROOT, write_project

SHIPPED = sorted(
    path.relative_to(ROOT)
    for pattern in ("super_config.yaml", "configs/*.yaml", "generation/**/config*.yaml")
    for path in ROOT.glob(pattern)
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_project(tmp_path))
    return tmp_path


def test_there_are_configs_to_check() -> None:
    assert {Path("super_config.yaml"), Path("configs/quickstart.yaml")} <= set(SHIPPED)


@pytest.mark.parametrize("keys", [{}, {"OPENAI_API_KEY": "k" * 12, "DEEPINFRA_API_KEY": "k" * 12}])
@pytest.mark.parametrize("config", SHIPPED, ids=str)
def test_every_shipped_config_binds_to_its_pipeline_and_has_its_prompts(
    config: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for job in load_jobs(config, Changes(), project=Project(Path(), keys)):
        prompts = prompts_of(job.function, job.settings.prompts)
        asking = {name: step for name, step in steps_of(job.function).items() if isinstance(step, PromptedStep)}
        parts = {name: PurePosixPath(name).parent for name in asking}
        assert {
            str(parts[name] / file) for name, step in asking.items() for file in prompt_names(step)
        } == prompts.keys()
        assert bool(asking) == any(isinstance(value, Model) for value in job.kwargs.values())
        for name, value in job.kwargs.items():
            assert not (name.startswith("input") and isinstance(value, Path)) or (ROOT / value).exists()


def test_with_a_key_the_quickstart_uses_a_real_model_and_without_one_the_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)

    def models(**keys: str) -> set[tuple[str, str]]:
        # Set but empty, so that a developer's own .env has no say.
        environ = {"OPENAI_API_KEY": "", "DEEPINFRA_API_KEY": "", **keys}
        (job,) = load_jobs(None, Changes(), project=Project(Path(), environ))
        assert any(note.startswith("model default is ") for note in job.notes)
        return {(model.spec.provider, model.spec.model) for model in job.models}

    assert models() == {("offline", "")}
    assert models(OPENAI_API_KEY="k" * 12) == {("openai", "gpt-4.1-mini")}
    assert models(DEEPINFRA_API_KEY="k" * 12) == {("openai", "deepseek-ai/DeepSeek-V3")}


def test_a_sound_config_is_ok_and_exits_0(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["validate", "config.yaml"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "ok config.yaml (poems.py:poems, 3 parameters, 2 steps)\n"


def test_problems_of_all_configs_are_told_at_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other.yaml").write_text(CONFIG.replace("chunk_tokens: 100", "chunk_tokens: 1\n  chunk_tokenz: 2"))
    (project / "third.yaml").write_text("output_dir: out\n")
    assert run_pipeline.main(["validate", "config.yaml", "other.yaml", "third.yaml", "missing.yaml"]) == 2
    err = capsys.readouterr().err
    assert "ok config.yaml" in err
    assert "error: other.yaml:7: 'chunk_tokens' must be at least 20, not 1" in err
    assert "did you mean 'chunk_tokens'?" in err
    assert "error: third.yaml: missing 'pipeline'" in err
    assert "error: missing.yaml: there is no such file" in err
    assert err.endswith("4 problems\n")


def test_a_prompt_that_is_missing_or_broken_is_a_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "prompts" / "judge.yaml").unlink()
    (project / "prompts" / "write_poem.yaml").write_text("- role: user\n  content: a poem\n- role: poet\n")
    assert run_pipeline.main(["validate", "config.yaml"]) == 2
    err = capsys.readouterr().err
    assert "'judge'" in err
    assert "write_poem.yaml:3" in err


def test_set_is_checked_too_and_json_has_each_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["validate", "config.yaml", "--set", "chunk_tokens=x", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["config"], found["ok"]) == ("config.yaml", False)
    assert [problem["message"].partition(":")[0] for problem in found["problems"]] == ["--set chunk_tokens=x"]


def test_inputs_that_are_not_there_yet_are_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["validate", "config.yaml", "--set", "input_dir=nowhere", "--json"]) == 0
    assert "'input_dir' is nowhere, and nothing is there yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (["judge.yaml"], None),
        (["judge.yaml", "qatuples.yaml"], "no step reads qatuples of set; what steps read is called write_poem, judge"),
        (None, "there is no folder set: the pipeline's own prompts are used"),
    ],
)
def test_prompts_of_a_set_that_no_step_reads_are_told(
    project: Path, capsys: pytest.CaptureFixture[str], files: list[str] | None, told: str | None
) -> None:
    for name in files or ():
        (project / "set").mkdir(exist_ok=True)
        (project / "set" / name).write_text('- role: user\n  content: "Good? {poem}"\n')
    for verb in ("validate", "run"):
        run_pipeline.main([verb, "config.yaml", "--set", "prompts=set"])
        err = capsys.readouterr().err
        assert (told in err) if told else ("no step reads" not in err and "there is no folder" not in err)
