"""A prompt file: what it says, how it is filled, and every way it can be wrong."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import PromptError
from generation_functions.prompts import Prompt
from generation_functions.rows import Row

CHAT = """\
# how a haiku is asked for
- role: system
  content: You write haiku in {language}.
- role: user
  content: |
    About: rain
- role: assistant
  content: "Drops on the tin roof"
- role: user
  content: >
    About: {topic}
    and {{nothing}} else
"""


def written(folder: Path, text: str, name: str = "haiku.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(PromptError) as caught:
        Prompt.load(written(folder, text))
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_chat_prompt_is_filled_message_by_message(tmp_path: Path) -> None:
    prompt = Prompt.load(written(tmp_path, CHAT))
    assert prompt.mode == "chat"
    assert prompt.names == ("language", "topic")
    assert prompt.fill({"language": "Welsh", "topic": "{braces} {{stay}}", "other": 1}) == [
        {"role": "system", "content": "You write haiku in Welsh."},
        {"role": "user", "content": "About: rain"},
        {"role": "assistant", "content": "Drops on the tin roof"},
        {"role": "user", "content": "About: {braces} {{stay}} and {nothing} else"},
    ]


def test_a_row_fills_a_prompt(tmp_path: Path) -> None:
    prompt = Prompt.load(written(tmp_path, "Summary of {text}:\n", "summary.txt"))
    assert prompt.mode == "completion"
    assert prompt.fill(Row("k", {"text": "a\nb"})) == "Summary of a\nb:"


def test_a_yaml_file_may_be_one_text(tmp_path: Path) -> None:
    assert Prompt.load(written(tmp_path, "|\n  Say {word}.\n")).fill({"word": "yes"}) == "Say yes."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        (0.5, "0.5"),
        (None, "null"),
        (True, "true"),
        ("", ""),
        ({"question": "ä?", "answer": [1]}, '{"question":"ä?","answer":[1]}'),
    ],
)
def test_values_that_are_no_strings_are_shown_as_json(tmp_path: Path, value: object, shown: str) -> None:
    assert Prompt.load(written(tmp_path, "[{x}]", "x.txt")).fill({"x": value}) == f"[{shown}]"


@given(st.text(), st.text())
def test_any_text_can_be_a_value(left: str, right: str) -> None:
    from generation_functions.prompts import parse_template

    template = parse_template("{{{a}}} and {b}", 1, "{{{a}}} and {b}", None, [])
    assert template.fill({"a": left, "b": right}) == f"{{{left}}} and {right}"


@given(st.text(alphabet="ab {}\n"))
def test_doubled_braces_are_always_literal(text: str) -> None:
    from generation_functions.prompts import parse_template

    doubled = text.replace("{", "{{").replace("}", "}}")
    found: list = []
    assert parse_template(doubled, 1, doubled, None, found).fill({}) == text
    assert found == []


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("|\n    one\n    two {topc}\n", 4),
        (">\n    one\n\n    two {topc}\n", 5),
        ('"one\n    two {topc}"\n', 3),
        ("one\n    two {topc}\n", 3),
        ("|\n    {{literal}} {topic}\n    {topc}\n", 4),
    ],
)
def test_an_unknown_name_is_found_on_its_line(tmp_path: Path, style: str, line: int) -> None:
    prompt = Prompt.load(written(tmp_path, f"- role: user\n  content: {style}"))
    with pytest.raises(PromptError) as caught:
        prompt.fill({"topic": "x"})
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == (tmp_path / "haiku.yaml", line)
    assert "topc" in problem.message
    assert "did you mean 'topic'?" in (problem.hint or "")


def test_a_name_of_a_plain_text_is_found_on_its_line(tmp_path: Path) -> None:
    prompt = Prompt.load(written(tmp_path, "one {a}\n\ntwo {b}\n", "p.txt"))
    with pytest.raises(PromptError) as caught:
        prompt.fill({})
    assert [problem.line for problem in caught.value.problems] == [1, 3]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "non-empty list"),
        ("[]", 1, "non-empty list"),
        ("role: user\ncontent: x\n", 1, "non-empty list"),
        ("- just text\n", 1, "a mapping with role and content"),
        ("- role: user\n", 1, "has no content"),
        ("- content: x\n", 1, "has no role"),
        ("- role: user\n  content:\n", 2, "not empty"),
        ("- role: user\n  content: [a]\n", 2, "must be a text"),
        ("- role: usr\n  content: x\n", 1, "unknown role 'usr'"),
        ("- role: user\n  contents: x\n  content: y\n", 2, "unknown key 'contents'"),
        ("- role: user\n  content: x\n  content: y\n", 3, "stands twice"),
        (
            "- role: user\n  content: x\n- role: system\n  content: y\n- role: user\n  content: z\n",
            3,
            "must be the first",
        ),
        ("- role: assistant\n  content: x\n- role: user\n  content: y\n", 1, "must be the user's"),
        (
            "- role: system\n  content: x\n- role: assistant\n  content: y\n- role: user\n  content: z\n",
            3,
            "the user's",
        ),
        ("- role: user\n  content: x\n- role: user\n  content: y\n", 3, "two user messages"),
        ("- role: user\n  content: x\n- role: assistant\n  content: y\n", 3, "last message must be the user's"),
        ("- role: system\n  content: x\n", 1, "last message must be the user's"),
        ("- role: user\n  content: |\n    give\n    {{x}} and {y z\n", 4, "braces are doubled on line 4"),
        ("- role: user\n  content: |\n    function f() {\n    { text }\n", 4, "{ text } is no {name}"),
        ("- role: user\n  content: |\n    give\n    a }\n", 4, "single }"),
        ("- role: user\n  content: |\n    a } b\n", 3, "single }"),
        ("- role: user\n  content: {unquoted}\n", 2, "must be a text"),
        ("- &a\n  role: user\n  content: x\n", 1, "anchors"),
        ("- role: user\n  content: *x\n", 2, "anchors"),
        ("- role: user\n  content: 'open\n", None, "not valid YAML"),
        ("[" * 5000, 1, "nested too deeply"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    found = problems(tmp_path, text)
    assert any(words in message and (line is None or at == line) for at, message in found), found


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = dedent("""\
        - role: sistem
          content: x
        - role: user
          content: "} and }x"
        - rol: user
          content: y
    """)
    assert [line for line, _ in problems(tmp_path, text)] == [1, 4, 4, 5, 5]


def test_a_lone_brace_comes_with_the_way_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"write \}\} for a literal brace"):
        Prompt.load(written(tmp_path, "a } b", "p.txt"))


def test_a_file_that_is_not_utf_8_or_not_there_is_a_prompt_error(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    for name in ("latin.txt", "none.yaml"):
        with pytest.raises(PromptError, match="cannot read"):
            Prompt.load(tmp_path / name)


def test_the_version_changes_with_the_words_and_not_with_the_layout(tmp_path: Path) -> None:
    version = Prompt.load(written(tmp_path, CHAT)).version
    assert Prompt.load(written(tmp_path, f"# another comment\n\n{CHAT}")).version == version
    assert Prompt.load(written(tmp_path, CHAT.replace("rain", "snow"))).version != version
    assert Prompt.load(written(tmp_path, CHAT.replace("{topic}", "{thing}"))).version != version
    assert Prompt.load(written(tmp_path, CHAT.replace("{{nothing}}", "{nothing}"))).version != version


def test_a_value_that_json_cannot_hold_is_a_prompt_error(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="cannot be shown as JSON"):
        Prompt.load(written(tmp_path, "{x}", "p.txt")).fill({"x": object()})


JSON_EXAMPLE = """\
- role: user
  content: |
    Tell of {text} as JSON:
    {"kind": {"of": {}}, "list": [{"n": 1}]}
"""


def test_braces_of_json_and_code_may_stand_as_they_are(tmp_path: Path) -> None:
    prompt = Prompt.load(written(tmp_path, JSON_EXAMPLE))
    assert prompt.names == ("text",)
    said = prompt.fill({"text": "rain"})[0]["content"]  # type: ignore[index]
    assert said == 'Tell of rain as JSON:\n{"kind": {"of": {}}, "list": [{"n": 1}]}'


def test_a_prompt_of_single_braces_still_needs_every_name_it_has(tmp_path: Path) -> None:
    prompt = Prompt.load(written(tmp_path, JSON_EXAMPLE.replace("{}", "{empty}")))
    with pytest.raises(PromptError, match=r"haiku\.yaml:4: .*needs \{empty\}"):
        prompt.fill({"text": "rain"})


def test_one_prompt_says_the_same_with_braces_single_or_doubled(tmp_path: Path) -> None:
    doubled = JSON_EXAMPLE.replace("{text}", "@").replace("{", "{{").replace("}", "}}").replace("@", "{text}")
    prompts = [Prompt.load(written(tmp_path, text)) for text in (JSON_EXAMPLE, doubled)]
    assert prompts[0].fill({"text": "a {b}"}) == prompts[1].fill({"text": "a {b}"})
    assert prompts[0].version == prompts[1].version
