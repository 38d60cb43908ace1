"""Codes of languages to keep: which there are, what is told of a wrong one, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation.core_components.languages import kept_language, known_code
from generation_functions.languages.names import NAMES
from tests.commands.small_project import ROOT, call


@pytest.mark.parametrize("code", ["en", "zh", "und", "yo"])
def test_a_code_that_detection_gives_is_known(code: str) -> None:
    assert known_code(code) == code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("German", "did you mean 'de'"), ("EN", "did you mean 'en'"), ("deu", "did you mean 'de'"),
        ("zh-TW", "did you mean 'zh'"), ("Brazilian Portuguese", "did you mean 'pt'"), ("qq", "as de for German"),
        ("", "as de for German"),
    ],
)  # fmt: skip
def test_a_code_that_is_none_is_told_with_the_one_that_is_meant(code: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        known_code(code)


@pytest.mark.parametrize(
    ("code", "languages", "kept"),
    [
        ("de", (), (True,)), ("und", (), (True,)), ("de", ("de", "fr"), (True,)),
        ("en", ("de", "fr"), (False, "it is in en")), ("und", ("de",), (False, "its language cannot be told")),
        ("und", ("de", "und"), (True,)),
    ],
)  # fmt: skip
def test_what_is_not_asked_for_is_left_out_with_its_reason(
    code: str, languages: tuple[str, ...], kept: tuple[bool, str]
) -> None:
    assert kept_language(code, languages)[: len(kept)] == kept


def test_every_code_of_the_detection_has_a_name() -> None:
    pycld2 = pytest.importorskip("pycld2")
    from generation_functions.languages.detection import _OLD_CODES

    named = dict(pycld2.LANGUAGES)
    codes = {_OLD_CODES.get(named[name], named[name]) for name in pycld2.DETECTED_LANGUAGES if name in named}
    assert {code for code in codes if len(code) == 2} <= NAMES.keys()


@pytest.mark.parametrize(
    ("pipeline", "key", "value"),
    [
        ("meta-datagen", "languages", "[german]"),
        ("hub-corpus", "languages", "[en, german]"),
        ("scrape-gutenberg", "languages", "[german]"),
        ("mix-datasets", "sources", "[{path: a.jsonl, languages: [german]}]"),
        ("factual-qa", "reading", "{languages: [german]}"),
    ],
)
def test_a_config_with_a_misspelt_code_is_refused(tmp_path: Path, pipeline: str, key: str, value: str) -> None:
    (tmp_path / "generation").symlink_to(ROOT / "generation")
    (tmp_path / "c.yaml").write_text(f"pipeline: {pipeline}\noutput_dir: out\n{key}: {value}\n", encoding="utf-8")
    told = call(tmp_path, "validate", "c.yaml")
    assert told.code == 2
    assert "'german' is the code of no language; did you mean 'de'?" in told.err
    assert "c.yaml:3" in told.err
