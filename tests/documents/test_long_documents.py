"""Documents that are too long to hold are read a part at a time, to the very text that they would have whole."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from generation_functions import Run
from generation_functions.documents import Document, Limits, Skip, plain_text, read_documents
from generation_functions.documents.long_document import LONG, LongDocument
from generation_functions.documents.markdown import table
from generation_functions.errors import MillraceError

LINES = "The river rose: été, 水, 👩‍👩‍👧.\r\nIt fell\0 in May.\rThen the boats came back.\n\n"
TEXT = "".join(f"{number} {LINES}" for number in range(LONG // len(LINES.encode()) + 4_000))
CSV = "day,weather,\n" + "".join(f'{number},"It rains, ""hard""\nall day",,\n\n' for number in range(150_000))


def one(folder: Path, *, long: bool, limits: Limits | None = None) -> Document | Skip:
    (found,) = read_documents(folder, long=long, **({"limits": limits} if limits else {}))
    return found


@pytest.mark.parametrize(
    ("data", "is_long"),
    [
        (TEXT.encode(), True),
        (b"\xef\xbb\xbf" + TEXT.encode(), True),
        (TEXT.encode()[:LONG], False),
        (TEXT.encode("utf-16"), False),
        (TEXT.encode() + b"\xff", False),
    ],
    ids=["utf-8", "marked", "short", "utf-16", "damaged"],
)
def test_a_long_text_is_what_it_would_be_whole(data: bytes, is_long: bool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    whole, found = one(tmp_path, long=False), one(tmp_path, long=True)
    assert isinstance(whole, Document)
    assert isinstance(found, LongDocument if is_long else Document)
    expected = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    assert whole.text == expected.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    assert type(whole) is Document
    assert (found.text, found.metadata, found.source) == (whole.text, whole.metadata, "a.txt")
    assert (found.key, found.characters) == (whole.key, len(whole.text))
    assert found.key_after("read", "a.txt") == whole.key_after("read", "a.txt")
    assert "".join(found.parts()) == whole.text


@pytest.mark.parametrize(
    "data", [CSV.encode(), CSV.encode("utf-16"), CSV[: LONG // 2].encode()], ids=["long", "utf-16", "short"]
)
def test_a_long_table_is_what_it_would_be_whole(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(data)
    text = CSV if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode()
    expected = table(csv.reader(io.StringIO(text))) + "\n"
    for found in read_documents(tmp_path / "in", cache=tmp_path / "kept", long=True):
        assert isinstance(found, LongDocument) == (len(expected) > LONG)
        assert found.text == expected
        assert isinstance(found, Document)
        assert found.key == Document("", expected).key
    whole = one(tmp_path / "in", long=False)
    assert isinstance(whole, Document)
    assert (type(whole), whole.text) == (Document, expected)


def test_a_limit_of_size_holds_for_long_texts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text("words")
    found, _ = read_documents(tmp_path, long=True, limits=Limits(max_bytes=LONG))
    assert found == Skip("a.txt", "larger than the limit of 4.0 MiB")


def test_a_long_blank_text_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n" * LONG)
    (tmp_path / "b.txt").write_text("words")
    found, _ = read_documents(tmp_path, long=True)
    assert found == Skip("a.txt", "empty")


def test_a_text_that_changes_while_it_is_read_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    found = one(tmp_path, long=True)
    assert isinstance(found, Document)
    parts = found.parts()
    next(parts)
    with (tmp_path / "a.txt").open("a") as file:
        file.write("more")
    with pytest.raises(MillraceError, match=r"a\.txt has changed while it was read"):
        list(parts)


async def test_the_rows_of_a_long_text_are_those_of_the_text_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(TEXT)
    rows = []
    for name in ("long", "held"):
        if name == "held":
            monkeypatch.setattr(plain_text, "long_text", lambda *_: None)
        async with Run(tmp_path / name) as run:
            found = await run.read(tmp_path / "in").chunk(max_tokens=800).collect()
        rows.append([(row.key, row.place, row.parents, dict(row)) for row in found])
    assert rows[0] == rows[1]
    assert "".join(row[3]["text"] for row in rows[0]).count("水") == TEXT.count("水")
