"""Links lead somewhere, the README's tree is the repository's, and no page names a path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors_of, blocks_of, links_of

IDS = [str(page.relative_to(ROOT)) for page in PAGES]
README = ROOT / "README.md"

NOT_OURS = ("start.sh", "inputs", "outputs", "models", ".venv")
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:home|root|work|tmp|Users|usr|opt|var)/[\w.-]+|[A-Z]:\\\\")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_and_anchors_resolve(page: Path) -> None:
    for line, target in links_of(page):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        place = f"{page.relative_to(ROOT)}:{line}"
        assert file.exists(), f"{place}: there is no {path}"
        assert file.is_relative_to(ROOT), f"{place}: {path} leaves the repository"
        assert not anchor or anchor in anchors_of(file), f"{place}: {file.name} has no heading #{anchor}"


def test_the_pages_have_links_to_look_at() -> None:
    assert sum(len(links_of(page)) for page in PAGES) > 50


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = {target.partition("#")[0] for _, target in links_of(ROOT / "docs" / "README.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= linked


def test_the_table_of_pipelines_names_every_page_of_one() -> None:
    folder = ROOT / "docs" / "pipelines"
    linked = {target for _, target in links_of(folder / "README.md")}
    assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= linked


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        assert not MACHINE_PATH.search(line), f"{page.name}:{number}: {line.strip()}"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_pages_have_a_readable_shape(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    for block in blocks_of(page):
        widest = max(map(len, block.text.splitlines()), default=0)
        assert widest <= 130, f"{block.place}: a block {widest} columns wide"
    for number, line in enumerate(lines, 1):
        if line.startswith("|"):
            cells = line.replace("\\|", "").strip("|").split("|")
            assert len(cells) <= 6, f"{page.name}:{number}: a table of {len(cells)} columns"


def tree() -> list[str]:
    """The paths that the README's tree shows."""
    block = next(block for block in blocks_of(README) if "run_pipeline.py" in block.text and "docs/" in block.text)
    paths, folders = [], list[str]()
    for line in block.text.splitlines():
        name = line.split()[0] if line.strip() else ""
        depth = (len(line) - len(line.lstrip())) // 2
        folders = [*folders[:depth], name]
        paths.append("".join(folders))
    return [path for path in paths if path]


def test_the_readmes_tree_is_true() -> None:
    for path in tree():
        assert (ROOT / path).exists(), f"README.md shows {path}, which is not there"
        assert path.endswith("/") == (ROOT / path).is_dir(), path


def test_the_readmes_tree_is_whole() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: what belongs to the repository is not known")
    files = [Path(line) for line in done.stdout.splitlines()]
    shown = set(tree())
    top = {f"{file.parts[0]}/" if len(file.parts) > 1 else file.name for file in files if not file.name.startswith(".")}
    rooms = {f"generation_functions/{f.parts[1]}" for f in files if f.parts[0] == "generation_functions"}
    rooms = {f"{room}/" if (ROOT / room).is_dir() else room for room in rooms if not room.endswith("__init__.py")}
    hidden = {name for name in top if name.startswith(".")}
    assert top - hidden - shown == set(), "README.md's tree lacks these"
    assert rooms - shown == set(), "README.md's tree lacks these"
