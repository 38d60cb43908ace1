"""Broken, encrypted and malicious files: each one skip that says why, memory bounded, nothing written elsewhere."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from generation_functions.documents import Document, Limits, Skip, read_documents
from generation_functions.documents.html import read_html
from tests.documents.made_office import made_docx, made_epub, made_odt, made_xlsx, packed
from tests.documents.made_pdf import encrypted_pdf, made_pdf, scanned_pdf

ROOT = Path(__file__).parents[2]
LIMITS = Limits(seconds=20, max_memory=1 << 30, max_bytes=32 << 20, max_expanded=64 << 20, max_members=50)

_LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>%s'
_WORD_END = "</w:t></w:r></w:p></w:body></w:document>"


def flagged_encrypted(data: bytes) -> bytes:
    """The same archive, every member marked as encrypted."""
    local, central = (
        data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00"),
        b"PK\x01\x02\x14\x03\x14\x00",
    )
    return local.replace(central + b"\x00\x00", central + b"\x01\x00")


def nested(depth: int) -> bytes:
    """A text in an archive in an archive ..."""
    content = packed({"end.txt": "words"})
    for _ in range(depth):
        content = packed({"in.zip": content})
    return content


HOSTILE: dict[str, tuple[bytes, str]] = {
    "bomb.zip": (packed({"zeros.txt": b"\0" * (48 << 20)}), "a compression bomb"),
    "bomb.docx": (packed({"word/document.xml": b" " * (48 << 20)}), "a compression bomb"),
    "bomb.epub": (packed({"META-INF/container.xml": b" " * (48 << 20)}), "a compression bomb"),
    "bomb.xlsx": (packed({"xl/workbook.xml": b" " * (48 << 20)}), "a compression bomb"),
    "large.zip": (packed({f"{n}.txt": b"\0" * (8 << 20) for n in range(9)}), "it would unpack to 72.0 MiB"),
    "many.zip": (packed({f"{n}.txt": b"x" for n in range(60)}), "it holds 60 files"),
    "deep.zip": (nested(5), "it lies deeper than 3 archives"),
    "laughs.docx": (packed({"word/document.xml": _LAUGHS + _WORD % "&c;" + _WORD_END}), "declares XML entities"),
    "outside.docx": (packed({"word/document.xml": _OUTSIDE + _WORD % "&x;" + _WORD_END}), "declares XML entities"),
    "laughs.odt": (
        packed({"META-INF/manifest.xml": "<m/>", "content.xml": _LAUGHS + "<d>&c;</d>"}), "declares XML entities",
    ),
    "laughs.epub": (packed({"META-INF/container.xml": _LAUGHS + "<d>&c;</d>"}), "declares XML entities"),
    "deep.docx": (packed({"word/document.xml": "<a>" * 100_000}), "damaged XML"),
    "cut.docx": (made_docx([("p", "words")])[:-30], "damaged, or not what its name says"),
    "cut.xlsx": (made_xlsx({"a": [["b"]]})[:200], "damaged, or not what its name says"),
    "cut.pdf": (made_pdf([[(60, 700, 10, "words")]])[:90], "damaged"),
    "text.pdf": (b"just words", "it does not begin as a PDF"),
    "text.parquet": (b"just words", "damaged, or not what its name says"),
    "text.rtf": (b"just words", "it does not begin as RTF"),
    "scan.pdf": (scanned_pdf(2), "scanned: its 2 pages have no text layer"),
    "locked.pdf": (encrypted_pdf(), "encrypted: it needs a password"),
    "locked.docx": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "encrypted"),
    "locked.zip": (flagged_encrypted(packed({"a.txt": "words"})), "encrypted: it needs a password"),
    "protected.epub": (packed({"META-INF/rights.xml": "<r/>"}), "digital rights"),
    "missing.epub": (packed({"META-INF/container.xml": "<c/>"}), "names no book"),
    "escaping.zip": (packed({"../../escaped.txt": "words"}), "a name that leads out of the archive"),
    "absolute.zip": (packed({"/tmp/escaped.txt": "words"}), "a name that leads out of the archive"),
    "windows.zip": (packed({"..\\..\\escaped.txt": "words"}), "a name that leads out of the archive"),
    "empty.zip": (packed({}), "empty"),
    "empty.docx": (made_docx([]), "empty"),
    "empty.odt": (made_odt([]), "empty"),
    "empty.epub": (made_epub([""]), "empty"),
    "empty.pdf": (made_pdf([[]]), "empty"),
    "nothing.pdf": (b"", "empty"),
    "deep.json": (b"[" * 200_000, "not JSON"),
    "deep.ipynb": (b'{"cells":' + b"[" * 200_000, "not a notebook"),
    "number.json": (b"7", "a list of records was expected"),
    "none.eml": (b"\n\n", "not a message"),
    "tags.html": (b"<script>alert(1)</script>", "a page without text"),
    "nul.csv": (b"\0\1\2\3" * 100, "binary"),
}  # fmt: skip


READ_AND_TELL_THE_PEAK = """
import resource, sys
from pathlib import Path
from generation_functions.documents import read_documents
from tests.documents.test_hostile_files import LIMITS

found = list(read_documents(Path(sys.argv[1]), limits=LIMITS))
print(len(found), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder of every hostile file, and one that is sound."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (content, _) in HOSTILE.items():
        (folder / name).write_bytes(content)
    (folder / "sound.txt").write_text("words")
    return folder


def test_each_is_a_skip_with_its_reason_and_the_rest_is_read(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(hostile.parent / "no-programs"))
    found = list(read_documents(hostile, limits=LIMITS, cache=hostile.parent / "kept"))
    assert [item.source for item in found if isinstance(item, Document)] == ["sound.txt"]
    reasons = {item.source.split("/")[0]: item.reason for item in found if isinstance(item, Skip)}
    assert reasons.keys() == HOSTILE.keys()
    wrong = {name: reasons[name] for name, (_, reason) in HOSTILE.items() if reason not in reasons[name]}
    assert wrong == {}
    assert sorted(path.name for path in hostile.parent.iterdir()) == ["in", "kept"]
    assert len(list(hostile.iterdir())) == len(HOSTILE) + 1


def test_no_reading_process_passes_its_memory_limit(hostile: Path) -> None:
    """Read from a small process: a child's peak, as the system counts it, begins with the size of who started it."""
    command = [sys.executable, "-c", READ_AND_TELL_THE_PEAK, str(hostile)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    items, peak = map(int, told.split())
    assert items > len(HOSTILE)
    assert 0 < peak < LIMITS.max_memory


def test_deep_pages_are_read_without_recursion(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 50_000 + "words")
    (tmp_path / "deep.tex").write_text("{" * 50_000 + "words" + "\\textbf{" * 20_000)
    (tmp_path / "deep.rst").write_text("".join(" " * n + "words\n\n" for n in range(300)))
    (tmp_path / "sound.txt").write_text("words")
    found = list(read_documents(tmp_path, limits=LIMITS))
    assert [item.source for item in found] == ["deep.html", "deep.rst", "deep.tex", "sound.txt"]


@pytest.mark.parametrize("depth", [100, 300, 1_500])
def test_what_follows_a_deep_part_of_a_page_is_read_too(tmp_path: Path, depth: int) -> None:
    (tmp_path / "deep.html").write_text("<p>before" + "<div>" * depth + "within" + "</div>" * depth + "<p>after")
    (document,) = read_documents(tmp_path, limits=LIMITS)
    assert isinstance(document, Document)
    assert document.text == "before\n\nwithin\n\nafter\n"


def test_a_page_deeper_than_the_parser_goes_is_a_skip_and_not_half_a_page(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<p>before" + "<div>" * 5_000 + "within" + "</div>" * 5_000 + "<p>after")
    (tmp_path / "sound.txt").write_text("words")
    skip, _ = read_documents(tmp_path, limits=LIMITS)
    assert isinstance(skip, Skip)
    assert "its elements lie more than 2,048 deep in one another" in skip.reason


def test_lists_of_links_in_one_another_take_no_longer_than_beside_one_another() -> None:
    """Every level's links were counted once for each level above it; now they are counted once."""
    page = "<html><body>" + '<div class="nav"><a href=x>l</a>' * 600 + "<p>" + "word " * 2_000 + "<a>y</a>" * 20_000
    (document,) = read_html(io.BytesIO(page.encode()), Limits())
    assert "word word" in document.text


def test_members_that_cannot_be_read_are_skips_beside_those_that_can(tmp_path: Path) -> None:
    parts = {"a.txt": "words", "b.docx": "no document", "c.odd": "x", "__MACOSX/a.txt": "x", ".hidden/a.txt": "x"}
    (tmp_path / "mixed.zip").write_bytes(packed(parts))
    found = list(read_documents(tmp_path, limits=LIMITS))
    assert [(type(item).__name__, item.source) for item in found] == [
        ("Document", "mixed.zip/a.txt"), ("Skip", "mixed.zip/b.docx"), ("Skip", "mixed.zip/c.odd"),
    ]  # fmt: skip


def test_a_member_that_says_less_than_it_holds_is_damaged(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "words " * 1000)
    data = out.getvalue()
    lying = data.replace((6000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "lying.zip").write_bytes(lying)
    (tmp_path / "sound.txt").write_text("words")
    (skip,) = [item for item in read_documents(tmp_path, limits=LIMITS) if isinstance(item, Skip)]
    assert "damaged" in skip.reason


def test_a_run_over_a_hostile_folder_ends_well_and_writes_nowhere_else(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    shutil.copytree(ROOT / "inputs/quickstart", folder)
    for name, (content, _) in HOSTILE.items():
        (folder / name).write_bytes(content)
    chosen = ["--set", f"input_dir={folder}", "--set", f"output_dir={output}", "--quiet"]
    command = [sys.executable, "run_pipeline.py", "run", "configs/quickstart.yaml", *chosen]
    environment = {**os.environ, "OPENAI_API_KEY": "", "DEEPINFRA_API_KEY": "", "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out", "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not list((output / ".documents").rglob(".*"))
