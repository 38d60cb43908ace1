"""Folders as people have them: every file gives documents or one reported skip, and nothing leaves the folder."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation_functions.documents import READERS, Document, Limits, Skip, read_documents
from generation_functions.documents.format import Format
from generation_functions.errors import ConfigError
from tests.permissions import permissions_count


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def documents(folder: Path, **options: object) -> dict[str, str]:
    return {item.source: item.text for item in read_documents(folder, **options) if isinstance(item, Document)}


def skips(folder: Path, **options: object) -> dict[str, str]:
    return {item.source: item.reason for item in read_documents(folder, **options) if isinstance(item, Skip)}


def test_files_come_in_one_order_however_they_were_made(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.txt", "a.txt", "B.txt", "a/ä.txt", "a/b/c.txt", "é.md"]
    for name in random.Random(1).sample(names, len(names)):
        write(tmp_path / name, name)
    assert list(documents(tmp_path)) == ["B.txt", "a/b/c.txt", "a/z.txt", "a/ä.txt", "a.txt", "b.txt", "é.md"]


def test_hidden_files_and_folders_are_left_out_silently(tmp_path: Path) -> None:
    for name in ("seen.txt", ".hidden.txt", ".git/config.txt", "a/.b/c.txt"):
        write(tmp_path / name, "words")
    assert [item.source for item in read_documents(tmp_path)] == ["seen.txt"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\t\n", "empty"),
        ("blank.jsonl", b"\n \n", "empty"),
        ("binary.txt", b"\x00\x01\x02\x03" * 50, "binary"),
        ("binary.jsonl", b"\x00\x01\x02\x03\n" * 50, "binary"),
        ("picture.png", b"\x89PNG", ".png is not supported"),
        ("slides.pptx", b"PK", "not what its name says"),
        ("LICENSE", b"words", "without a suffix"),
        ("large.txt", b"x" * 2000, "larger than the limit of 1000 bytes"),
        ("cyrillic.txt", "Привет, мир".encode("cp1251"), "not UTF-8"),
    ],
)
def test_a_bad_file_is_one_skip_and_the_rest_goes_on(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    write(tmp_path / name, content)
    write(tmp_path / "zz.txt", "sound")
    limits = Limits(max_bytes=1000)
    found = skips(tmp_path, limits=limits)
    assert list(found) == [name]
    assert reason in found[name]
    assert documents(tmp_path, limits=limits) == {"zz.txt": "sound"}


def test_a_link_out_of_the_folder_is_a_skip(tmp_path: Path) -> None:
    write(tmp_path / "outside/secret.txt", "secret")
    write(tmp_path / "in/own.txt", "own")
    (tmp_path / "in/file.txt").symlink_to(tmp_path / "outside/secret.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "outside")
    (tmp_path / "in/relative").symlink_to("../outside")
    assert documents(tmp_path / "in") == {"own.txt": "own"}
    assert set(skips(tmp_path / "in").values()) == {"a link that leaves the input folder"}
    assert set(skips(tmp_path / "in")) == {"file.txt", "folder", "relative"}


def test_loops_of_links_end_and_each_real_file_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a/b/one.txt", "one")
    (tmp_path / "a/b/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to("self")
    (tmp_path / "0.txt").symlink_to("a/b/one.txt")
    os.link(tmp_path / "a/b/one.txt", tmp_path / "a/b/two.txt")
    assert documents(tmp_path) == {"a/b/one.txt": "one"}
    found = skips(tmp_path)
    assert found["0.txt"] == "the same as a/b/one.txt, which is read once"
    assert found["a/b/up"] == "the same as the input folder, which is read once"
    assert "which is read once" in found["a/b/two.txt"]
    assert "a/self" in found


def test_links_to_hidden_places_inside_the_folder_are_followed(tmp_path: Path) -> None:
    write(tmp_path / ".blobs/abc", "words")
    write(tmp_path / ".more/deep/two.txt", "more")
    (tmp_path / "named.txt").symlink_to(".blobs/abc")
    (tmp_path / "more").symlink_to(".more")
    assert documents(tmp_path) == {"more/deep/two.txt": "more", "named.txt": "words"}


def test_pipes_and_dangling_links_are_skips_and_do_not_hang(tmp_path: Path) -> None:
    write(tmp_path / "own.txt", "own")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "via.txt").symlink_to("pipe.txt")
    found = skips(tmp_path)
    assert found["pipe.txt"] == "not a regular file but a pipe"
    assert found["via.txt"] == "a link to a pipe"
    assert "leads nowhere" in found["gone.txt"]


def test_odd_names_survive(tmp_path: Path) -> None:
    write(tmp_path / "line\nbreak.txt", "a")
    write(tmp_path / "quote'\"; rm.txt", "b")
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")), "c")
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xfe.txt")), "d")
    found = documents(tmp_path)
    assert sorted(found.values()) == ["a", "b", "c", "d"]
    assert "bad\\xff.txt" in found
    json.dumps(found).encode("utf-8")
    assert all(source.encode("utf-8") for source in found)


def test_a_file_that_cannot_be_read_is_a_skip(tmp_path: Path) -> None:
    def broken(file: object, limits: Limits) -> Iterator[Document]:
        raise PermissionError(13, "Permission denied")
        yield Document("", "")

    write(tmp_path / "a.odd", "x")
    write(tmp_path / "b.txt", "fine")
    readers = {**READERS, ".odd": Format("odd", broken, isolated=False)}
    assert skips(tmp_path, readers=readers) == {"a.odd": "it cannot be read: Permission denied"}
    assert documents(tmp_path, readers=readers) == {"b.txt": "fine"}


def test_folders_and_files_without_permission_are_skips(tmp_path: Path) -> None:
    write(tmp_path / "own.txt", "own")
    write(tmp_path / "closed/in.txt", "in").parent.chmod(0)
    write(tmp_path / "locked.txt", "in").chmod(0)
    try:
        with permissions_count():
            assert set(skips(tmp_path)) == {"closed", "locked.txt"}
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_single_file_is_an_input_too(tmp_path: Path) -> None:
    assert documents(write(tmp_path / "one.MD", "# One")) == {"one.MD": "# One"}


def test_a_document_is_known_by_its_text_and_not_by_its_place(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "same")
    write(tmp_path / "sub/b.txt", "same")
    write(tmp_path / "c.txt", "other")
    keys = {item.source: item.key for item in read_documents(tmp_path) if isinstance(item, Document)}
    assert keys["a.txt"] == keys["sub/b.txt"] != keys["c.txt"]


def test_files_are_read_as_the_iterator_is_drawn(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "first")
    write(tmp_path / "b.txt", "second")
    items = read_documents(tmp_path)
    next(items)
    write(tmp_path / "b.txt", "changed")
    assert [item.text for item in items if isinstance(item, Document)] == ["changed"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the folder is empty"),
        ({"a.png": b"P", "b.png": b"P", "c": b""}, "2 × .png, 1 × no suffix"),
    ],
)
def test_a_folder_without_documents_says_what_was_found(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    for name, content in files.items():
        write(tmp_path / name, content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_documents(tmp_path)
    assert ".txt, .md, .pdf" in str(caught.value)


def test_a_folder_of_bad_documents_reports_each_and_then_stops(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "")
    write(tmp_path / "b.txt", "")
    items = read_documents(tmp_path)
    assert [next(items).source, next(items).source] == ["a.txt", "b.txt"]
    with pytest.raises(ConfigError, match="every file was skipped: 2 × empty"):
        next(items)


def test_a_path_that_is_nothing_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        read_documents(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="neither a folder nor a regular file"):
        read_documents(tmp_path / "pipe")
