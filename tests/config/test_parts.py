"""A composition's parts: sections in which nothing must be written, and what they share with others."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from generation_functions import Model, part_of, settings_of
from generation_functions.config import bind, parse_yaml, signature_of


def pipeline(
    run: Any,
    *,
    input_dir: str,
    writer: Model,
    votes: Annotated[int, Field(ge=1, description="Votes of a check.")] = 3,
    extra: str | None = None,
) -> None: ...


Part = part_of(pipeline, "input_dir")


def composition(run: Any, *, writer: Model, part: Part | None = {}) -> None: ...  # noqa: B006


def bound(part: str) -> Any:
    text = f"pipeline: x\noutput_dir: out\nmodels:\n  small: {{provider: offline}}\nwriter: small\npart: {part}\n"
    return bind(parse_yaml(text), composition)


@pytest.mark.parametrize(
    ("written", "received"),
    [
        ("{}", {}),
        ("{votes: 5}", {"votes": 5}),
        ("{extra: null}", {"extra": None}),
        ("{checks: {votes: 5}}", {"votes": 5}),
        ("null", None),
    ],
)
def test_what_is_written_is_received_and_no_default(written: str, received: Any) -> None:
    assert bound(written).checked().kwargs["part"] == received


def test_a_model_of_a_part_is_one_of_the_configs() -> None:
    assert bound("{writer: small}").checked().kwargs["part"]["writer"].spec.provider == "offline"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{votes: 0}", "'part.votes' must be at least 1, not 0"),
        ("{vote: 5}", "unknown key 'vote' in 'part'"),
        ("{input_dir: x}", "unknown key 'input_dir' in 'part'"),
        ("{writer: large}", "'part.writer'"),
    ],
)
def test_what_is_wrong_in_a_part_is_told(written: str, problem: str) -> None:
    (found,) = bound(written).problems
    assert problem in found.message


def test_a_part_goes_before_what_is_shared_and_takes_only_what_it_knows() -> None:
    shared = {"writer": "w", "votes": 3, "unknown": 1}
    assert settings_of(pipeline, {"votes": 5, "extra": "e"}, shared) == {"writer": "w", "votes": 5, "extra": "e"}


def test_the_schema_asks_for_nothing_in_a_part() -> None:
    inner = signature_of(composition).arguments.model_json_schema()["$defs"]["pipeline"]
    assert "required" not in inner
    assert set(inner["properties"]) == {"writer", "votes", "extra"}


def test_a_name_that_the_pipeline_does_not_have_is_an_error_at_once() -> None:
    with pytest.raises(TypeError, match="no parameter inputs"):
        part_of(pipeline, "inputs")
