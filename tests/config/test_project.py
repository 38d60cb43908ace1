"""A project folder: super config, configs and pipelines together."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation_functions.config.overrides import parse_override
from generation_functions.config.project import Project
from generation_functions.config.super_config import load_super_config
from generation_functions.errors import ConfigError

PIPELINE = """from generation_functions.models.model import Model


def make(writer: Model, chunk_tokens: int = 800, title: str = ""): ...


def other(writer: Model): ...
"""
SUPER = """models:
  shared: {model: shared-model, api_key: ${KEY}}
  unused: {model: x, api_key: ${NOT_SET}}
path_aliases: {maker: flows/make.make}
pipeline_order:
  - node: maker
    config: configs/one.yaml
    overrides: {chunk_tokens: 5, models.shared.temperature: 0.5, texts: {title: over}}
  - config: configs/two.yaml
"""


@pytest.fixture(autouse=True)
def _forget_modules() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/make.py").write_text(PIPELINE)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/one.yaml").write_text("output_dir: outputs/one\nwriter: shared\ntexts: {title: mine}\n")
    (tmp_path / "configs/two.yaml").write_text("pipeline: Maker\noutput_dir: outputs/two\nwriter: shared\n")
    (tmp_path / "super_config.yaml").write_text(SUPER)
    (tmp_path / ".env").write_text("KEY=from-the-file\n")
    return tmp_path


def test_the_order_gives_ready_runs(root: Path) -> None:
    one, two = Project(root, {}).prepare_all()
    assert one.bound.checked().kwargs["chunk_tokens"] == 5
    assert one.bound.kwargs["title"] == "over"
    assert one.bound.settings.pipeline == "maker"
    spec = one.bound.kwargs["writer"].spec
    assert (spec.model, spec.api_key, spec.temperature) == ("shared-model", "from-the-file", 0.5)
    assert two.bound.checked().kwargs["writer"].spec.temperature is None
    assert (two.entry.function_name, two.bound.kwargs["chunk_tokens"]) == ("make", 800)


def test_options_of_the_command_line_win_over_the_orders_own(root: Path) -> None:
    one, two = Project(root, {}).prepare_all([parse_override("chunk_tokens=7")])
    assert [run.bound.checked().kwargs["chunk_tokens"] for run in (one, two)] == [7, 7]


def test_one_config_is_prepared_with_the_super_configs_models_and_aliases(root: Path) -> None:
    prepared = Project(root, {"KEY": "real"}).prepare(root / "configs/two.yaml", ["title=x"])
    assert prepared.bound.checked().kwargs["writer"].spec.api_key == "real"
    assert prepared.bound.kwargs["title"] == "x"


def test_a_project_needs_no_super_config(root: Path) -> None:
    (root / "super_config.yaml").unlink()
    (root / "configs/two.yaml").write_text("pipeline: flows/make.make\noutput_dir: o\nwriter: {provider: offline}\n")
    assert Project(root, {}).prepare(root / "configs/two.yaml").bound.checked()
    assert Project(root, {}).prepare_all() == []


def test_a_wrong_override_in_the_order_has_its_line(root: Path) -> None:
    path = root / "super_config.yaml"
    path.write_text(SUPER.replace("chunk_tokens: 5", "chunk_tokns: 5"))
    one, _ = Project(root, {}).prepare_all()
    (problem,) = one.bound.problems
    assert str(problem).startswith(f"{path}:8: unknown key 'chunk_tokns'\n  hint: did you mean 'chunk_tokens'?")


def test_node_and_pipeline_may_agree_but_not_differ(root: Path) -> None:
    config = root / "configs/one.yaml"
    text = config.read_text()
    config.write_text(f"pipeline: flows/make.py:make\n{text}")
    assert Project(root, {}).prepare_all()[0].bound.checked()
    config.write_text(f"pipeline: flows/make.other\n{text}")
    with pytest.raises(ConfigError, match=r"'node' is 'maker', but the config's own 'pipeline' is 'flows/make\.other'"):
        Project(root, {}).prepare_all()


def test_every_entry_that_cannot_be_bound_is_told(root: Path) -> None:
    (root / "configs/one.yaml").unlink()
    (root / "configs/two.yaml").write_text("pipeline: makre\noutput_dir: o\n")
    with pytest.raises(ConfigError) as caught:
        Project(root, {}).prepare_all()
    missing, unknown = map(str, caught.value.problems)
    assert "one.yaml: there is no such file" in missing
    assert "two.yaml:1: there is no pipeline 'makre'\n  hint: did you mean 'maker'?" in unknown


def test_a_config_without_a_pipeline_says_so(root: Path) -> None:
    with pytest.raises(ConfigError, match="missing 'pipeline'"):
        Project(root, {}).prepare(root / "configs/one.yaml")


def test_a_misspelled_pipeline_key_is_pointed_at(root: Path) -> None:
    (root / "configs" / "one.yaml").write_text("output_dir: o\npipline: maker\n")
    with pytest.raises(ConfigError, match=r"one.yaml:2: missing 'pipeline'(.|\n)*did you mean it by 'pipline'\?"):
        Project(root, {}).prepare(root / "configs/one.yaml")


def test_a_folder_without_pipelines_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("pipeline: maker\n")
    with pytest.raises(ConfigError, match=r"there is no pipeline 'maker'(.|\n)*start this in Millrace's folder"):
        Project(tmp_path, {}).prepare(tmp_path / "one.yaml")


def test_a_confined_project_keeps_to_its_folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away") / "c.yaml"
    away.write_text("pipeline: maker\noutput_dir: o\nwriter: shared\n")
    project = Project(root, {}, confine=True)
    with pytest.raises(ConfigError, match="lies outside the project"):
        project.prepare(away)
    (problem,) = project.prepare(root / "configs/two.yaml", ["output_dir=../x"]).bound.problems
    assert "'output_dir' leads out of the project: '../x'" in problem.message
    assert project.prepare(root / "configs/two.yaml").bound.checked()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("modles: {}", [(1, "unknown key 'modles'\n  hint: did you mean 'models'?")]),
        ("pipeline_order:\n  - conifg: x\n", [(2, "has no 'config'"), (2, "unknown key 'conifg'")]),
        ("pipeline_order: {config: x}", [(1, "must be a list")]),
        ("pipeline_order:\n  - config: 5\n    node: [x]\n", [(2, "'config' must be text"), (3, "'node' must be text")]),
        ("path_aliases:\n  a: 5\n  b: !!PLACEHOLDER!!\n", [(2, "must be text"), (3, "still to be filled in")]),
        ("models: [x]\nmodels: {}", [(1, "'models' must be a mapping"), (2, "written twice")]),
        ("- a", [(1, "a super config must be a mapping")]),
        ("", []),
    ],
)
def test_everything_wrong_in_a_super_config_is_told(tmp_path: Path, text: str, found: list[tuple[int, str]]) -> None:
    path = tmp_path / "super_config.yaml"
    path.write_text(text)
    if not found:
        assert load_super_config(path).steps == ()
        return
    with pytest.raises(ConfigError) as caught:
        load_super_config(path)
    problems = sorted(map(str, caught.value.problems))
    assert len(problems) == len(found)
    for line, words in found:
        assert any(f"super_config.yaml:{line}: " in problem and words in problem for problem in problems)
