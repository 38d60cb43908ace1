"""JSONL: one document a line, and a bad line costs only itself."""

import json
import tracemalloc
from pathlib import Path

import pytest

from generation_functions.documents import Document, Limits, Skip, read_documents


def read(tmp_path: Path, content: str | bytes, limits: Limits | None = None) -> list[Document | Skip]:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "rows.jsonl").write_bytes(data + b'\n{"text": "last"}\n')
    *items, last = read_documents(tmp_path, limits=limits or Limits())
    assert isinstance(last, Document)
    assert last.text == "last"
    return items


@pytest.mark.parametrize(
    ("record", "text", "metadata"),
    [
        ({"text": "words", "title": "T", "n": [1, 2]}, "words", {"title": "T", "n": [1, 2]}),
        ({"content": "words"}, "words", {}),
        ({"text": "one\r\ntwo\u0000"}, "one\ntwo", {}),
        ({"text": "lone \ud83d here"}, "lone � here", {}),
        (
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
            "User: Hi\n\nAssistant: Hello",
            {},
        ),
        (
            {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}], "id": 7},
            "User: Hi\n\nAssistant: Hello",
            {"id": 7},
        ),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "parts"}]}]}, "User: parts", {}),
        ({"messages": [{"role": "narrator", "content": "Once"}, {"role": "user"}, 3]}, "Narrator: Once", {}),
    ],
)
def test_a_record_is_a_document(tmp_path: Path, record: dict, text: str, metadata: dict) -> None:
    (document,) = read(tmp_path, json.dumps(record))
    assert isinstance(document, Document)
    assert (document.text, document.metadata, document.record) == (text, metadata, 1)
    assert document.source == "rows.jsonl"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "line 1: not JSON"),
        ("[1, 2]", "line 1: a JSON object was expected, not list"),
        ('{"title": "T", "body": "B"}', "its fields: body, title"),
        ('{"text": "  "}', "an empty `text`"),
        ('{"text": 3}', "no `text`"),
        ('{"messages": []}', "an empty `messages`"),
        ("[" * 100_000, "not JSON"),
        ('{"text": "x", "deep": ' + "[" * 600 + "]" * 600 + "}", "line 1: "),
    ],
)
def test_a_bad_line_is_a_skip_that_names_it(tmp_path: Path, line: str, reason: str) -> None:
    (skip,) = read(tmp_path, line)
    assert isinstance(skip, Skip)
    assert skip.record == 1
    assert reason in skip.reason


def test_blank_lines_count_but_give_nothing(tmp_path: Path) -> None:
    (document,) = read(tmp_path, '\n\n  \n{"text": "fourth"}')
    assert document.record == 4


@pytest.mark.parametrize(("name", "most"), [("a.jsonl", 6_000_000), ("a.txt", 500_000)])
def test_what_is_larger_than_the_limit_is_not_held(tmp_path: Path, name: str, most: int) -> None:
    (tmp_path / name).write_bytes(b'{"text": "' + b"x" * 12_000_000 + b'"}\n')
    (tmp_path / "b.txt").write_text("The sea rises.")
    list(read_documents(tmp_path / "b.txt"))
    tracemalloc.start()
    try:
        found = list(read_documents(tmp_path, limits=Limits(max_bytes=2_000_000)))
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
    assert [type(item) for item in found] == [Skip, Document]


def test_a_line_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    long = json.dumps({"text": "x" * 200_000})
    items = read(tmp_path, f'{{"text": "a"}}\n{long}\n{{"text": "b"}}', Limits(max_bytes=1000))
    assert [item.text if isinstance(item, Document) else item.record for item in items] == ["a", 2, "b"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_with_a_byte_order_mark_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "rows.jsonl").write_bytes('{"text": "größer"}\n{"text": "日本"}\n'.encode(encoding))
    assert [item.text for item in read_documents(tmp_path) if isinstance(item, Document)] == ["größer", "日本"]


def test_a_line_in_another_encoding_is_read_where_it_is_plain(tmp_path: Path) -> None:
    (document,) = read(tmp_path, '{"text": "Le café de la gare est fermé."}'.encode("cp1252"))
    assert isinstance(document, Document)
    assert document.text == "Le café de la gare est fermé."
