"""Prompts by name: which file wins, what is missing, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions.errors import PromptError
from generation_functions.prompts import PromptBook

USER = "- role: user\n  content: {}\n"


@pytest.fixture
def book(tmp_path: Path) -> PromptBook:
    files = {
        "mine/ask.yaml": USER.format('"mine: {text}"'),
        "theirs/ask.yaml": USER.format('"theirs: {text}"'),
        "theirs/check.yml": USER.format("check"),
        "theirs/check.txt": "check, plainly",
        "theirs/plain.txt": "only {text}",
        "theirs/styles/b.yaml": USER.format("b"),
        "theirs/styles/a.yaml": USER.format("a"),
        "mine/styles/b.yaml": USER.format("my b"),
        "theirs/notes.md": "no prompt",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return PromptBook([tmp_path / "mine", tmp_path / "theirs"])


def test_the_first_folder_that_has_the_file_wins(book: PromptBook) -> None:
    assert book.get("ask").fill({"text": "x"}) == [{"role": "user", "content": "mine: x"}]
    assert book.get("check").fill({}) == [{"role": "user", "content": "check"}]


def test_a_prompt_is_read_once(book: PromptBook) -> None:
    first = book.get("ask")
    assert first.path is not None
    first.path.unlink()
    assert book.get("ask") is first


def test_the_mode_chooses_among_files_of_one_name(book: PromptBook) -> None:
    assert book.get("check", mode="completion").fill({}) == "check, plainly"
    assert book.get("plain", mode="chat").fill({"text": "x"}) == [{"role": "user", "content": "only x"}]
    with pytest.raises(PromptError, match=r"list of chat messages.*\n.*ask\.txt"):
        book.get("ask", mode="completion")


def test_variations_are_sorted_and_overridden_file_by_file(book: PromptBook) -> None:
    filled = [prompt.fill({}) for prompt in book.variations("styles")]
    assert [messages[0]["content"] for messages in filled] == ["a", "my b"]  # type: ignore[index]


def test_names_lists_what_there_is(book: PromptBook) -> None:
    assert book.names() == ["ask", "check", "plain", "styles/a", "styles/b"]


def test_a_missing_prompt_is_named_with_its_neighbours_and_the_folders(book: PromptBook) -> None:
    with pytest.raises(PromptError) as caught:
        book.get("chekc")
    assert "did you mean 'check'?" in str(caught.value)
    assert "mine" in str(caught.value)
    assert "theirs" in str(caught.value)
    with pytest.raises(PromptError, match="did you mean 'styles'"):
        book.variations("style")


@pytest.mark.parametrize("name", ["../ask", "/etc/passwd", "a/../../b", "a\\b", "", ".", "..", "a//b", "a\n", "~x"])
def test_names_that_would_leave_the_folder_are_refused(book: PromptBook, name: str) -> None:
    with pytest.raises(PromptError, match="cannot be the name"):
        book.get(name)
    with pytest.raises(PromptError, match="cannot be the name"):
        book.variations(name)


def test_an_override_with_a_name_the_row_lacks_names_what_it_overrides(book: PromptBook, tmp_path: Path) -> None:
    (tmp_path / "mine" / "ask.yaml").write_text(USER.format('"{txt}"'), encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        book.get("ask").fill({"text": "x"})
    assert f"overrides {tmp_path / 'theirs' / 'ask.yaml'}" in str(caught.value)
