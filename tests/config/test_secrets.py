"""Secrets: replaced in texts, and refused in files."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.config.secrets import Secrets, literal_key_problems
from generation_functions.config.yaml_loader import parse_yaml
from generation_functions.errors import Problem


def test_every_spelling_of_a_secret_is_replaced() -> None:
    secret = 'p"ss wörd/\\key'
    secrets = Secrets({"KEY": secret})
    for text in (
        f"Bearer {secret}",
        json.dumps({"k": secret}),
        f"https://host/?k={quote(secret, safe='')}",
        repr([secret]),
    ):
        shown = secrets.redact(text)
        assert "${KEY}" in shown
        assert "ss w" not in shown


def test_the_longest_secret_wins_where_one_holds_another() -> None:
    assert Secrets({"A": "abcdef", "B": "abcdefgh"}).redact("x abcdefgh abcdef") == "x ${B} ${A}"


def test_short_values_do_not_maim_texts() -> None:
    secrets = Secrets({"PORT": "8000", "FLAG": "1"})
    assert not secrets
    assert secrets.redact("took 8000 ms, 1 call") == "took 8000 ms, 1 call"


def test_json_values_are_redacted_inside() -> None:
    secrets = Secrets({"KEY": "sesame-open"})
    assert secrets.redact_json({"a": ["sesame-open", 1, None], "sesame-open": True}) == {
        "a": ["${KEY}", 1, None],
        "${KEY}": True,
    }


def test_problems_and_the_repr_show_names_only() -> None:
    secrets = Secrets({"KEY": "sesame-open"})
    assert (
        str(secrets.redact_problem(Problem("bad sesame-open", hint="not sesame-open")))
        == "bad ${KEY}\n  hint: not ${KEY}"
    )
    assert repr(secrets) == "Secrets(KEY)"


@settings(deadline=None)
@given(st.text(max_size=30), st.text(min_size=6, max_size=20), st.text(max_size=30))
def test_no_secret_survives(before: str, secret: str, after: str) -> None:
    shown = Secrets({"K": secret}).redact(before + secret + after)
    assert secret not in shown.replace("${K}", "")


@pytest.mark.parametrize(
    "line",
    [
        "api_key: sk-0123456789abcdef0123",
        "api_key: 1234567890",
        "models: {large: {api_key: hunter2hunter2}}",
        "search_api_key: hunter2hunter2",
        "token: hf_0123456789abcdefghij",
        "list: [gsk_0123456789abcdefghij]",
    ],
)
def test_a_key_written_out_is_a_problem_that_does_not_show_it(line: str) -> None:
    (problem,) = literal_key_problems(parse_yaml(f"a: 1\n{line}").root)
    assert problem.line == 2
    assert "holds a key itself" in problem.message
    assert not any(part in str(problem) for part in ("0123", "hunter2", "12345"))


@pytest.mark.parametrize(
    "value",
    [
        "${KEY}",
        "none",
        "None",
        "x",
        "local",
        "not-needed",
        "EMPTY",
        "''",
        "null",
        "!!PLACEHOLDER!!",
        "no-key",
        "prefix-${KEY}",
    ],
)
def test_references_and_stand_ins_are_no_keys(value: str) -> None:
    assert literal_key_problems(parse_yaml(f"api_key: {value}").root) == []


def test_ordinary_values_are_no_keys() -> None:
    assert (
        literal_key_problems(parse_yaml("pad_token: <pad>\nchunk_tokens: 800\nname: sk-learn\napi_key_name: X").root)
        == []
    )
