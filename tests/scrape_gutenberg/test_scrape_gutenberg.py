"""Books from a mirror in this process: without their licence, once, and told where one cannot be had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generation.core_pipelines.scrape_gutenberg.book import book_of, name_of
from generation.core_pipelines.scrape_gutenberg.scrape_gutenberg import scrape_gutenberg
from generation_functions import Dataset, Run
from generation_functions.errors import MillraceError
from tests.end_to_end.project import Project
from tests.fetching.web_server import WebServer, serving
from tests.running import rows_of

TEXT = "CHAPTER I.\r\n\r\nThe lighthouse of Halm was built in 1850 by Anna Berg. It was tall and\r\nwhite."
FILE = (
    "\ufeffThe Project Gutenberg eBook of The Light\r\n\r\nThis ebook is for the use of anyone anywhere.\r\n\r\n"
    "Title: The Light:\r\n      A Tale\r\n\r\nAuthor: A. Berg\r\n\r\nLanguage: English\r\n\r\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK THE LIGHT ***\r\n\r\n\r\nProduced by Some One and\r\nothers\r\n\r\n"
    f"{TEXT}\r\n\r\n\r\n*** END OF THE PROJECT GUTENBERG EBOOK THE LIGHT ***\r\n\r\nSection 1. General Terms of Use\r\n"
)


def mirror(*books: int) -> WebServer:
    return WebServer({f"/cache/epub/{book}/pg{book}.txt": FILE.encode() for book in books})


async def scrape(output_dir: Path, server: WebServer, books: list[int], **settings: Any) -> Dataset:
    async with Run(output_dir) as run:
        return await scrape_gutenberg(run, mirror=server.address, books=books, pause_s=0, **settings)


def test_a_book_stands_between_its_marks() -> None:
    book = book_of(FILE.replace("\r\n", "\n"))
    assert book is not None
    assert book.text == TEXT.replace("\r\n", "\n")
    assert book.about == {"title": "The Light: A Tale", "author": "A. Berg", "language": "English"}


@pytest.mark.parametrize("file", ["", "A book.", FILE.partition("*** END")[0], FILE.replace("*** START", "START")])
def test_without_marks_it_is_no_book(file: str) -> None:
    assert book_of(file) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [("Émile, ou de l'éducation", "7-emile-ou-de-l-education.txt"), ("", "7.txt"), ("../../x", "7-x.txt")],
)
def test_a_file_is_named_after_its_book(title: str, name: str) -> None:
    assert name_of(7, title) == name


async def test_books_become_a_folder_that_other_pipelines_read(tmp_path: Path) -> None:
    with serving(mirror(7, 8)) as server:
        dataset = await scrape(tmp_path / "books", server, [7, 8, 7, 9])
        assert server.asked.count("/robots.txt") == 1
        row = json.loads(dataset.path.read_text(encoding="utf-8").splitlines()[0])
        assert row["metadata"]["title"] == "The Light: A Tale"
        assert sorted(path.name for path in (tmp_path / "books" / "texts").iterdir()) == [
            "7-the-light-a-tale.txt.md", "8-the-light-a-tale.txt.md"
        ]  # fmt: skip
        assert "is not there" in rows_of(tmp_path / "books", "fetch", "dropped")[0]["reason"]
    async with Run(tmp_path / "read") as run:
        documents = await run.read(tmp_path / "books" / "texts").whole().collect()
    assert [document["text"].split(" was built")[0] for document in documents] == [
        "CHAPTER I.\n\nThe lighthouse of Halm"
    ] * 2


async def test_a_run_that_broke_off_goes_on_without_fetching_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(mirror(7, 8)) as calm:
        whole = (await scrape(tmp_path / "calm", calm, [7, 8])).path.read_bytes()
    with serving(mirror(7, 8)) as server:
        server.faults["/cache/epub/8/pg8.txt"] = [(403, {})]
        with pytest.raises(MillraceError, match="answered 403"):
            await scrape(tmp_path / "out", server, [7, 8])
        again = await scrape(tmp_path / "out", server, [7, 8])
        assert again.path.read_bytes() == whole
        assert (server.of("/cache/epub/7/pg7.txt"), server.of("/cache/epub/8/pg8.txt")) == (1, 2)
        asked = len([path for path in server.asked if path != "/robots.txt"])
        await scrape(tmp_path / "out", server, [7, 8])
        assert len([path for path in server.asked if path != "/robots.txt"]) == asked


async def test_other_languages_are_left_out(tmp_path: Path) -> None:
    with serving(mirror(7)) as server:
        assert (await scrape(tmp_path, server, [7], languages=("de",))).rows == 0
    assert [row["reason"] for row in rows_of(tmp_path, "languages", "dropped")] == ["it is in en"]


def test_killed_half_way_it_goes_on_where_it_was(tmp_path: Path) -> None:
    books = list(range(1, 13))
    with serving(mirror(*books)) as server:
        project = Project(tmp_path, "")
        settings = {"mirror": server.address, "books": books, "pause_s": 0.1}
        config = {"pipeline": "scrape-gutenberg", "output_dir": str(project.output), **settings}
        (tmp_path / "config.yaml").write_text(json.dumps(config))
        project.kill_once(lambda: len(server.asked) >= 6)
        ended = project.run()
        assert ended.returncode == 0, ended.stderr
        counts = [server.of(f"/cache/epub/{book}/pg{book}.txt") for book in books]
    assert sum(counts) <= len(books) + 1  # the one in flight
    assert len(list((project.output / "texts").iterdir())) == len(books)
