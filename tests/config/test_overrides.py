"""`--set key=value`, typed by the signature."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from generation_functions.config.annotations import SettingsOf
from generation_functions.config.binding import BoundConfig, bind
from generation_functions.config.environment import Environment
from generation_functions.config.overrides import parse_override
from generation_functions.config.yaml_loader import parse_yaml
from generation_functions.errors import ConfigError
from generation_functions.models.model import Model

CONFIG = """output_dir: outputs/x
models: {large: {model: m}, small: {provider: offline}}
documents:
  input_dir: in
  deeper: {chunk_tokens: 800}
writer: large
"""


def pipeline(
    run: Any,
    input_dir: Path,
    writer: Model,
    chunk_tokens: Annotated[int, Field(ge=64, description="Longest chunk, in tokens.")] = 800,
    title: str = "",
    note: str | None = "x",
    tags: list[str] | None = None,
    kind: Literal["1", "2"] = "1",
    weights: dict[str, float] | None = None,
) -> None: ...


def bound(*overrides: str, function: Any = pipeline, config: str = CONFIG) -> BoundConfig:
    environment = Environment({"KEY": "canary-123456"})
    return bind(parse_yaml(config, file=Path("c.yaml")), function, overrides=overrides, environment=environment)


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ("chunk_tokens=500", "chunk_tokens", 500),
        ("documents.deeper.chunk_tokens=500", "chunk_tokens", 500),
        ("documents.chunk_tokens=500", "chunk_tokens", 500),
        ("input_dir=other/place", "input_dir", Path("other/place")),
        ("input_dir=2024", "input_dir", Path("2024")),
        ("title=12", "title", "12"),
        ("title=a: b # c", "title", "a: b # c"),
        ("title=[draft", "title", "[draft"),
        ("title=", "title", ""),
        ("note=null", "note", None),
        ("note=5", "note", "5"),
        ("tags=[a, b]", "tags", ["a", "b"]),
        ("tags=[]", "tags", []),
        ("kind=2", "kind", "2"),
        ("weights={a: 1e-5}", "weights", {"a": 1e-5}),
        ("weights.b=2", "weights", {"b": 2.0}),
        ("title=x=y", "title", "x=y"),
        ("title=${KEY}", "title", "canary-123456"),
    ],
)
def test_a_value_is_read_as_its_parameter_asks(override: str, name: str, value: object) -> None:
    assert bound(override).checked().kwargs[name] == value


def test_settings_and_models_can_be_set() -> None:
    found = bound(
        "models.large.max_in_flight=8",
        "models.large.model=5",
        "models.new.model=n",
        "budget.usd=2",
        "limit=3",
        "seed=4",
        "output_dir=1",
    ).checked()
    large = found.settings.models["large"]
    assert (large.max_in_flight, large.model, found.settings.models["new"].model) == (8, "5", "n")
    assert found.settings.budget is not None
    assert (found.settings.budget.usd, found.settings.limit, found.settings.seed) == (2, 3, 4)
    assert found.settings.output_dir == Path("1")
    assert found.kwargs["writer"].spec.max_in_flight == 8


def test_a_mapping_for_models_changes_only_what_it_names() -> None:
    found = bound("models={large: {max_in_flight: 9}}").checked()
    assert (found.settings.models["large"].model, found.settings.models["large"].max_in_flight) == ("m", 9)
    assert "small" in found.settings.models


def test_the_last_override_of_a_key_wins() -> None:
    assert bound("chunk_tokens=100", "chunk_tokens=200").checked().kwargs["chunk_tokens"] == 200


def test_an_override_fills_a_placeholder_and_replaces_an_unset_name() -> None:
    config = CONFIG.replace("input_dir: in", "input_dir: !!PLACEHOLDER!!").replace(
        "writer: large", "writer: ${NOT_SET}"
    )
    found = bound("input_dir=in", "writer=small", config=config).checked()
    assert found.kwargs["input_dir"] == Path("in")


def test_a_key_inside_a_sub_pipelines_section_is_typed_by_it() -> None:
    def composition(run: Any, part: Any) -> None: ...

    composition.__annotations__["part"] = SettingsOf[pipeline]
    config = "output_dir: o\nmodels: {small: {provider: offline}}\npart: {input_dir: in, writer: small}\n"
    found = bound("part.title=12", "part.chunk_tokens=99", function=composition, config=config).checked()
    assert (found.kwargs["part"]["title"], found.kwargs["part"]["chunk_tokens"]) == ("12", 99)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("chunk_tokens=abc", "--set chunk_tokens=abc: 'chunk_tokens' must be a whole number, not 'abc'"),
        (
            "chunk_tokens=3",
            "--set chunk_tokens=3: 'chunk_tokens' must be at least 64, not 3\n  hint: allowed: at least 64",
        ),
        ("chunk_tokns=3", "--set chunk_tokns=3: unknown key 'chunk_tokns'\n  hint: did you mean 'chunk_tokens'?"),
        (
            "models.large.max_in_flght=3",
            "unknown key 'max_in_flght' in 'models.large'\n  hint: did you mean 'max_in_flight'?",
        ),
        (
            "writer.temperature=1",
            "there is no 'temperature' inside 'large'\n  hint: if it names a model: models.large.temperature=...",
        ),
        ("tags=[a", "--set tags=[a: the value cannot be read as YAML"),
        ("tags=5", "--set tags=5: 'tags' must be a list, not 5"),
        ("documents=5", "'documents' is a section, not a value"),
        ("chunk_tokens", "--set chunk_tokens: this is not key=value"),
        ("=3", "this is not key=value"),
        ("writer=smal", "--set writer=smal: 'writer' names a model that is not under 'models:': 'smal'"),
        ("title=${NOPE}", "--set title=${NOPE}: ${NOPE} is not set"),
        ("chunk_tokens=!!PLACEHOLDER!!", "still to be filled in"),
        ("chunk_tokens=&a 1", "cannot be read as YAML"),
    ],
)
def test_a_wrong_override_is_located_as_it_was_typed(override: str, message: str) -> None:
    problems = bound(override).problems
    assert len(problems) == 1
    assert message in str(problems[0])


def test_the_option_that_was_typed_is_named() -> None:
    override = parse_override("budget.usd=x", option="--budget")
    (problem,) = bind(parse_yaml(CONFIG), pipeline, overrides=[override], environment=Environment({})).problems
    assert str(problem).startswith("--budget budget.usd=x: 'budget.usd' must be a number, not 'x'")


def test_an_argument_without_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="write --set chunk_tokens=500"):
        parse_override("chunk_tokens")
