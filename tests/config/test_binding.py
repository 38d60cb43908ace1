"""A config bound to a function: what it gives, and every mistake at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from generation_functions.config.annotations import SettingsOf
from generation_functions.config.binding import BoundConfig, bind
from generation_functions.config.environment import Environment
from generation_functions.config.yaml_loader import parse_yaml
from generation_functions.errors import ConfigError
from generation_functions.models.model import Model

FILE = Path("configs/book.yaml")
SECRET = "canary-3f9a1c77"
ENVIRONMENT = Environment({"DEEPINFRA_API_KEY": SECRET, "EMPTY_KEY": "", "COUNT": "7"})
HEAD = "output_dir: outputs/x\nmodels: {large: {model: m}, small: {provider: offline}}\n"


async def factual_qa(
    run: Any,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Model,
    judge: Model,
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes a check may take.")] = 3,
    style: Literal["plain", "formal"] = "plain",
    seed: int = 1,
) -> None:
    """Write question-and-answer conversations grounded in your documents."""


def bound(text: str, function: Any = factual_qa, **options: Any) -> BoundConfig:
    return bind(parse_yaml(text, file=FILE), function, environment=options.pop("environment", ENVIRONMENT), **options)


def complaints(text: str, function: Any = factual_qa, **options: Any) -> list[str]:
    return [str(problem) for problem in bound(text, function, **options).problems]


def value_of(annotation: Any, written: str) -> Any:
    def takes(x: Any) -> None: ...

    takes.__annotations__["x"] = annotation
    return bound(f"{HEAD}x: {written}", takes).checked().kwargs["x"]


def test_the_designs_example_binds() -> None:
    text = """
pipeline: factual-qa
output_dir: outputs/my-book
models:
  large: {model: deepseek-ai/DeepSeek-V3, base_url: https://api.deepinfra.com/v1/openai, api_key: ${DEEPINFRA_API_KEY},
          max_in_flight: 300, price: {input: 0.85, output: 0.90}}
  small: {provider: offline}
budget: {usd: 20}
documents:
  input_dir: inputs/my-book
  limits:
    chunk_tokens: 900
writer: large
judge: small
"""
    found = bound(text).checked()
    assert found.kwargs["input_dir"] == Path("inputs/my-book")
    assert (found.kwargs["chunk_tokens"], found.kwargs["votes"]) == (900, 3)
    writer, judge = found.kwargs["writer"], found.kwargs["judge"]
    assert (writer.name, writer.spec.api_key, writer.spec.api_key_name) == ("large", SECRET, "DEEPINFRA_API_KEY")
    assert (judge.name, judge.spec.provider) == ("small", "offline")
    assert found.settings.pipeline == "factual-qa"
    assert found.settings.budget is not None
    assert found.settings.budget.usd == 20
    assert found.sections["chunk_tokens"] == ("documents", "limits")
    assert "run" not in found.kwargs


def test_six_mistakes_are_six_problems_in_order() -> None:
    text = """output_dir: outputs/x
models:
  large: {model: m, api_key: ${DEEPINFRA_KEY}}
documents:
  input_dir: !!PLACEHOLDER!!
  chunk_token: 500
writer: larg
judge: large
votes: 99
style: plain
style: formal
"""
    found = complaints(text)
    expected = [
        ("3", "${DEEPINFRA_KEY} is not set", "did you mean 'DEEPINFRA_API_KEY'"),
        ("5", "'documents.input_dir' is still to be filled in", "Folder of source documents."),
        ("6", "unknown key 'chunk_token' in 'documents'", "did you mean 'chunk_tokens'?"),
        ("7", "'writer' names a model that is not under 'models:': 'larg'", "did you mean 'large'?"),
        ("9", "'votes' must be at most 15, not 99", "allowed: 1 to 15; Votes a check may take."),
        ("11", "'style' is written twice, here and at line 10", "remove one of the two"),
    ]
    assert len(found) == len(expected)
    for problem, (line, message, hint) in zip(found, expected, strict=True):
        assert problem.startswith(f"{FILE}:{line}: {message}")
        assert hint is None or hint in problem


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("votes: abc", "'votes' must be a whole number, not 'abc'"),
        ("votes: 2.5", "'votes' must be a whole number, not 2.5"),
        ("votes: true", "'votes' must be a whole number, not true"),
        ("votes: null", "'votes' must be a whole number, not null"),
        ("votes: [1]", "'votes' must be a whole number, not a list"),
        ("votes: {a: 1}", "'votes' must be a whole number, not a mapping"),
        ("style: plian", "'style' must be one of plain, formal, not 'plian'\n  hint: did you mean 'plain'?"),
        ("limit: 0", "'limit' must be at least 1, not 0"),
        ("max_failed_share: 2", "'max_failed_share' must be at most 1, not 2"),
        ("budget: 20", "'budget' must be a mapping, not 20\n  hint: write the keys under it: usd; "),
        ("budget: {eur: 20}", "unknown key 'eur' in 'budget'"),
        ("sed: 3", "unknown key 'sed'\n  hint: did you mean 'seed'?"),
        ("wrong: {limit: 3}", "unknown key 'limit' in 'wrong'\n  hint: 'limit' is a setting of the run"),
        ("empty:", "unknown key 'empty'"),
        ("section: {votes: 3}\nvotes: 4", "'votes' is written twice: here, and at line 6 in 'section'"),
        ("one: {votes: 3}\ntwo: {votes: 4}", "'votes' is written twice: here in 'two', and at line 6 in 'one'"),
    ],
)
def test_one_mistake_is_one_plain_sentence(lines: str, message: str) -> None:
    found = complaints(f"{HEAD}input_dir: in\nwriter: small\njudge: small\n{lines}\n")
    assert any(message in problem for problem in found)
    assert len(found) <= 2


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "{model: m, temprature: 1}",
            "unknown key 'temprature' in 'models.large'\n  hint: did you mean 'temperature'?",
        ),
        ("{model: m, max_in_flight: 0}", "'models.large.max_in_flight' must be at least 1, not 0"),
        ("{model: m, provider: opena}", "'models.large.provider' must be one of openai, openai-batch, local, offline"),
        ("{base_url: http://x}", "missing 'models.large.model'"),
        ("{model: m, api_key: ${EMPTY_KEY}}", "'models.large.api_key': ${EMPTY_KEY} is set but empty"),
        ("gpt", "'models.large' must be a mapping"),
        (
            "{model: m, base_url: 127.0.0.1:8000/v1}",
            "'models.large.base_url' is not an http or https URL: '127.0.0.1:8000/v1'\n  hint: write it like https://",
        ),
        (
            "{model: m, endpoints: [{base_url: 'http://a/v1'}, {base_url: 'http://b/v1/models'}]}",
            "'models.large.endpoints.1.base_url' ends in /models, which is added by itself",
        ),
        ("{model: m, price: {input: 1}}", "missing 'models.large.price.output': USD per million output tokens."),
    ],
)
def test_a_model_is_checked_field_by_field(model: str, message: str) -> None:
    text = f"output_dir: o\nmodels:\n  large: {model}\ninput_dir: in\nwriter: large\njudge: large\n"
    (found,) = complaints(text)
    assert found.startswith(f"{FILE}:3: ")
    assert message in found


def test_missing_parameters_are_named_with_what_they_are() -> None:
    found = complaints("models: {small: {provider: offline}}\nwriter: small\n")
    assert f"{FILE}: missing 'input_dir': Folder of source documents.\n  hint: add 'input_dir: ...'" in found
    assert f"{FILE}: missing 'judge'\n  hint: add 'judge: ...'" in found
    assert any("missing 'output_dir'" in problem for problem in found)
    assert len(found) == 3


def test_a_misspelled_parameter_is_not_missing_as_well() -> None:
    (found,) = complaints(f"{HEAD}input_dri: in\nwriter: small\njudge: small\n")
    assert "unknown key 'input_dri'\n  hint: did you mean 'input_dir'?" in found


def test_a_mapping_that_looks_like_a_parameter_is_one_mistake() -> None:
    (found,) = complaints(f"{HEAD}input_dir: in\nwriter: small\njduge: {{model: m, base_url: u}}\n")
    assert "unknown key 'jduge'\n  hint: did you mean 'judge'?" in found


@pytest.mark.parametrize("line", ["unknown_{}: 1", "unknown_{}: {{a: 1}}"])
def test_a_flood_of_mistakes_is_cut_short(line: str) -> None:
    found = complaints("output_dir: o\n" + "\n".join(line.format(number) for number in range(20_000)))
    assert len(found) == 51
    assert "missing" not in "".join(found)


@pytest.mark.parametrize("text", ["", "- a\n", "just text"])
def test_a_config_that_is_no_mapping_says_so(text: str) -> None:
    found = complaints(text)
    assert any("missing 'input_dir'" in problem for problem in found)
    assert text == "" or "a config is a mapping" in found[0]


def test_secrets_are_in_the_arguments_and_nowhere_else() -> None:
    text = f"{HEAD}input_dir: in/${{DEEPINFRA_API_KEY}}\nwriter: small\njudge: small\n"
    text += "votes: ${DEEPINFRA_API_KEY}\nstyle: ${DEEPINFRA_API_KEY}\n"
    found = bound(text)
    assert len(found.problems) == 2
    assert "'votes' must be a whole number, not ${DEEPINFRA_API_KEY}" in str(found.problems[0])
    assert SECRET not in "".join(map(str, found.problems))
    assert found.secrets.redact(f"GET /{SECRET}") == "GET /${DEEPINFRA_API_KEY}"


def test_a_validators_own_words_do_not_show_a_secret() -> None:
    class Picky(BaseModel):
        name: str

        def model_post_init(self, context: Any) -> None:
            raise ValueError(f"{self.name} is too odd")

    def takes(picky: Picky) -> None: ...

    takes.__annotations__["picky"] = Picky
    (found,) = complaints("output_dir: o\npicky: {name: '${DEEPINFRA_API_KEY}'}", takes)
    assert "'picky' is not accepted: ${DEEPINFRA_API_KEY} is too odd" in found


def test_a_key_in_the_file_or_on_the_command_line_is_refused_unseen() -> None:
    base = "output_dir: o\nmodels: {large: {model: m, api_key: hunter2hunter2}}\n"
    base += "input_dir: i\nwriter: large\njudge: large\n"
    (found,) = complaints(base)
    assert "'models.large.api_key' holds a key itself" in found
    assert "hunter2" not in found
    (typed,) = complaints(base.replace("hunter2hunter2", "none"), overrides=["models.large.api_key=hunter2hunter2"])
    assert typed.startswith("--set models.large.api_key=…: 'models.large.api_key' holds a key itself")


def test_a_model_that_nobody_uses_may_lack_its_key() -> None:
    text = "output_dir: o\nmodels: {large: {model: m, api_key: ${NOT_SET}}, small: {provider: offline}}\n"
    text += "input_dir: i\nwriter: small\n"
    found = bound(text + "judge: small\n").checked()
    assert set(found.settings.models) == {"small"}
    assert "${NOT_SET} is not set" in complaints(text + "judge: large\n")[0]


def test_lines_of_dotenv_that_cannot_be_read_matter_once_a_name_is_missing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY\n")
    environment = Environment.read(tmp_path, {})
    text = "output_dir: o\ninput_dir: ${IN}\nmodels: {small: {provider: offline}}\nwriter: small\njudge: small\n"
    assert any("not NAME=value" in problem for problem in complaints(text, environment=environment))
    assert complaints(text.replace("${IN}", "i"), environment=environment) == []


def test_shared_models_are_there_and_a_configs_own_wins() -> None:
    shared = parse_yaml(
        "large: {model: shared}\nsmall: {model: shared}\nunused: {model: x, api_key: ${NOT_SET}}", file=Path("s.yaml")
    ).root.items
    text = "output_dir: o\nmodels: {large: {model: own}}\ninput_dir: i\nwriter: large\njudge: small\n"
    found = bound(text, shared_models=shared).checked()
    assert (found.kwargs["writer"].spec.model, found.kwargs["judge"].spec.model) == ("own", "shared")
    assert set(found.settings.models) == {"large", "small"}


def test_an_inline_model_needs_no_name() -> None:
    text = f"{HEAD}input_dir: i\nwriter: {{model: inline, api_key: ${{DEEPINFRA_API_KEY}}}}\njudge: small\n"
    writer = bound(text).checked().kwargs["writer"]
    assert (writer.name, writer.spec.model, writer.spec.api_key_name) == ("writer", "inline", "DEEPINFRA_API_KEY")
    (found,) = complaints(text.replace("model: inline, ", ""))
    assert "missing 'writer.model'" in found


def test_a_reserved_key_reaches_a_parameter_of_its_name_as_well() -> None:
    found = bound(f"{HEAD}input_dir: i\nwriter: small\njudge: small\nseed: 9\n").checked()
    assert (found.kwargs["seed"], found.settings.seed) == (9, 9)


class Colour(Enum):
    RED = "red"


class Shape(BaseModel):
    sides: Annotated[int, Field(ge=3)]


@dataclass
class Split:
    train: float
    validation: float = 0.1


@pytest.mark.parametrize(
    ("annotation", "written", "value"),
    [
        (Path, "a/b", Path("a/b")),
        (Colour, "red", Colour.RED),
        (Shape, "{sides: 4}", Shape(sides=4)),
        (Split, "{train: 0.9}", Split(0.9)),
        (list[int], "[1, 2]", [1, 2]),
        (dict[str, list[float]], "{a: [1e-5]}", {"a": [1e-5]}),
        (int | None, "null", None),
        (int | list[int], "[3]", [3]),
        (int, "${COUNT}", 7),
        (float, "1e-5", 1e-5),
        (bool, "yes", True),
        (str, "12:30", "12:30"),
        (Any, "{a: [x, 1]}", {"a": ["x", 1]}),
        (list[Model], "[small]", [Model.offline("small")]),
        (dict[str, Model] | None, "null", None),
    ],
)
def test_types_receive_what_they_ask_for(annotation: Any, written: str, value: Any) -> None:
    found = value_of(annotation, written)
    if annotation == list[Model]:
        assert [model.name for model in found] == ["small"]
    else:
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    ("annotation", "written", "message"),
    [
        (str, "2024", "'x' must be text, not 2024\n  hint: if it is text, put it in quotes: \"2024\""),
        (Shape, "{sides: 2}", "'x.sides' must be at least 3, not 2"),
        (Shape, "{side: 4}", "missing 'x.sides'"),
        (Split, "{trian: 1}", "missing 'x.train'"),
        (list[int], "[1, b]", "'x.1' must be a whole number, not 'b'"),
        (int | list[int], "b", "'x' must be a whole number or a list, not 'b'"),
        (list[Model], "[small, smal]", "'x.1' names a model that is not under 'models:': 'smal'"),
        (Model, "3", "'x' must be a model's name or a mapping, not 3"),
        (float, ".nan", "'x' must be a finite number, not .nan"),
        (Colour, "rde", "'x' must be one of red, not 'rde'\n  hint: did you mean 'red'?"),
    ],
)
def test_wrong_values_are_told_at_their_own_place(annotation: Any, written: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        value_of(annotation, written)
    assert message in str(caught.value)
    assert all(problem.line == 3 for problem in caught.value.problems)


async def composition(
    run: Any, factual: SettingsOf[factual_qa], extra: list[SettingsOf[factual_qa]] | None = None
) -> None:
    """Two of them."""


def test_a_section_goes_to_a_sub_pipeline_checked_and_filled_in() -> None:
    text = f"{HEAD}factual:\n  documents: {{input_dir: in}}\n  writer: small\n"
    text += "  judge: {model: j, api_key: ${DEEPINFRA_API_KEY}}\n"
    factual = bound(text, composition).checked().kwargs["factual"]
    assert isinstance(factual, dict)
    assert set(factual) == {"input_dir", "writer", "judge", "chunk_tokens", "votes", "style", "seed"}
    assert (factual["input_dir"], factual["chunk_tokens"], factual["writer"].name) == (Path("in"), 800, "small")
    assert factual["judge"].spec.api_key_name == "DEEPINFRA_API_KEY"


def test_mistakes_inside_a_sub_pipelines_section_have_their_own_lines() -> None:
    text = f"{HEAD}factual:\n  documents:\n    input_dir: in\n    chunk_tokens: 1\n  writer: smal\n  jdge: small\n"
    found = complaints(text, composition)
    assert [problem.partition(" ")[0] for problem in found] == [f"{FILE}:{line}:" for line in (6, 7, 8)]
    assert "'factual.chunk_tokens' must be at least 64" in found[0]
    assert "'factual.writer' names a model" in found[1]
    assert "unknown key 'jdge' in 'factual'\n  hint: did you mean 'judge'?" in found[2]


def test_a_plain_function_is_a_pipeline() -> None:
    def add(a: int, b=2): ...

    assert bound("output_dir: o\na: 1\n", add).checked().kwargs == {"a": 1, "b": 2}


def test_a_function_with_any_keywords_gets_them_all() -> None:
    def anything(a: int, **others: Any) -> None: ...

    found = bound("output_dir: o\nsection: {a: 1, c: x}\nd: {e: 2}\n", anything).checked()
    assert found.kwargs == {"a": 1, "c": "x", "d": {"e": 2}}


def test_paths_are_confined_where_asked(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path.parent)
    text = HEAD.replace("outputs/x", "{}") + "input_dir: {}\nwriter: small\njudge: small\n"

    def lines(output: str, source: str) -> list[int | None]:
        config = text.replace("{}", output, 1).replace("{}", source, 1)
        return [problem.line for problem in bound(config, base_dir=tmp_path, confine=True).problems]

    assert lines("outputs/x", "inputs/../inputs") == []
    assert lines("../x", "in") == [1]
    assert lines("o", "/etc") == [3]
    assert lines("o", "link/x") == [3]
    assert bound(text.replace("{}", "../x", 1).replace("{}", "/etc", 1), base_dir=tmp_path).problems == ()
