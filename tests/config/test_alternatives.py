"""Models written as alternatives: which one is used, why, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions import Model
from generation_functions.config import BoundConfig, Environment, bind, parse_yaml, resolved_yaml

CONFIG = """\
pipeline: poems
output_dir: out
models:
  default:
    - {model: large, base_url: "https://one.test/v1", api_key: "${FIRST_KEY}"}
    - {model: middle, base_url: "https://${HOST}/v1", api_key: "${SECOND_KEY}"}
    - {provider: offline}
writer: default
"""


async def poems(*, writer: Model) -> None:
    """Poems."""


def bound(text: str = CONFIG, *, shared: str = "", overrides: tuple[str, ...] = (), **environment: str) -> BoundConfig:
    models = parse_yaml(shared).root.items if shared else {}
    return bind(
        parse_yaml(text, file=Path("c.yaml")), poems, environment=Environment(environment), shared_models=models,
        overrides=overrides,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "model", "reason"),
    [
        ({"FIRST_KEY": "k" * 8, "SECOND_KEY": "s" * 8, "HOST": "h"}, "large", "FIRST_KEY is set"),
        (
            {"SECOND_KEY": "s" * 8, "HOST": "h"}, "middle",
            "HOST and SECOND_KEY are set, FIRST_KEY is not set",
        ),
        ({"SECOND_KEY": "s" * 8}, "", "FIRST_KEY and HOST are not set"),
        ({"FIRST_KEY": "  "}, "", "FIRST_KEY and HOST and SECOND_KEY are not set"),
    ],
)  # fmt: skip
def test_the_first_alternative_whose_names_are_all_set_is_used(
    environment: dict[str, str], model: str, reason: str
) -> None:
    found = bound(**environment).checked()
    assert found.kwargs["writer"].spec.model == model
    assert found.kwargs["writer"].name == "default"
    assert found.choices == {"default": reason}


def test_a_resolved_config_holds_the_chosen_one_with_its_reference() -> None:
    text = resolved_yaml(bound(FIRST_KEY="canary-secret").checked())
    assert "model: large" in text
    assert "${FIRST_KEY}" in text
    assert "canary-secret" not in text
    assert "middle" not in text
    again = bind(parse_yaml(text), poems, environment=Environment({"FIRST_KEY": "canary-secret"})).checked()
    assert again.kwargs["writer"].spec.model == "large"


def test_shared_models_may_have_alternatives_and_a_config_s_own_model_wins() -> None:
    shared = "default: [{model: shared, api_key: '${FIRST_KEY}'}, {provider: offline}]"
    plain = "pipeline: poems\noutput_dir: out\nwriter: default\n"
    assert bound(plain, shared=shared).checked().kwargs["writer"].spec.provider == "offline"
    assert bound(plain, shared=shared, FIRST_KEY="k" * 8).checked().kwargs["writer"].spec.model == "shared"
    own = bound(plain + "models: {default: {model: own}}\n", shared=shared, FIRST_KEY="k" * 8).checked()
    assert own.kwargs["writer"].spec.model == "own"
    assert own.choices == {}


def test_an_override_changes_the_chosen_one() -> None:
    found = bound(overrides=("models.default.max_in_flight=3",), FIRST_KEY="k" * 8).checked()
    assert found.kwargs["writer"].spec.max_in_flight == 3


def test_where_none_is_complete_the_first_one_s_missing_name_is_told() -> None:
    text = CONFIG.replace("    - {provider: offline}\n", "")
    problems = bound(text).problems
    assert [(problem.line, problem.message) for problem in problems] == [(5, "${FIRST_KEY} is not set")]


def test_a_mistake_in_an_alternative_that_is_not_used_is_told_too() -> None:
    text = CONFIG.replace('base_url: "https://one', 'base_ulr: "https://one').replace(
        "${SECOND_KEY}", "sk-a-real-key-in-a-file-0123456789"
    )
    problems = bound(text).problems
    assert [problem.line for problem in problems] == [5, 6]
    assert "base_ulr" in problems[0].message
    assert problems[0].hint == "did you mean 'base_url'?"
    assert "holds a key itself" in problems[1].message
    assert "0123456789" not in str(problems)


def test_an_empty_list_is_one_problem_at_its_line() -> None:
    text = "pipeline: poems\noutput_dir: out\nmodels:\n  default: []\nwriter: default\n"
    assert [(problem.line, problem.message) for problem in bound(text).problems] == [
        (4, "'models.default' is an empty list")
    ]
