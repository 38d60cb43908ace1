"""Counting by a model's own tokenizer."""

import sys
from pathlib import Path

import pytest

from generation_functions.chunking import chunk_text, token_counter
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens


@pytest.fixture(scope="module")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level tokenizer that knows no merges: a token for each byte."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    alphabet = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    path = tmp_path_factory.mktemp("model") / "tokenizer.json"
    tokenizer.save(str(path))
    return path


def test_tokens_are_counted_as_the_tokenizer_does(tokenizer_file: Path) -> None:
    count = token_counter(tokenizer_file)
    assert [count(text) for text in ("", "abc", "黄河", " a ")] == [0, 3, 6, 3]
    assert token_counter(str(tokenizer_file.parent))("abc") == 3


def test_chunks_keep_the_bound_by_the_tokenizer(tokenizer_file: Path) -> None:
    count = token_counter(tokenizer_file)
    text = "The river rose in March. It fell in May. 黄河很长。它流入渤海。\n\n" * 30
    chunks = list(chunk_text(text, max_tokens=60, count=count))
    assert "".join(text[chunk.start : chunk.end] for chunk in chunks) == text
    assert all(chunk.tokens == count(chunk.text) <= 60 for chunk in chunks)


def test_without_a_tokenizer_tokens_are_estimated() -> None:
    assert token_counter(None) is estimate_tokens


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no tokenizer at"):
        token_counter(tmp_path / "no.json")
    (tmp_path / "tokenizer.json").write_text('{"not": "one"}')
    with pytest.raises(ConfigError, match="is no tokenizer"):
        token_counter(tmp_path)


def test_a_missing_library_is_named(tokenizer_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        token_counter(tokenizer_file)
    assert "millrace[tokenizer]" in str(caught.value)
