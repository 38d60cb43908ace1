"""The language of a text: surely told from about twenty words, never guessed from none."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions import Run
from generation_functions.languages import UNDETERMINED, detect_language
from tests.languages.snippets import SNIPPETS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("code", SNIPPETS)
def test_twenty_words_tell_the_language(code: str) -> None:
    assert [detect_language(text) for text in SNIPPETS[code]] == [code, code]


def test_ten_words_mostly_do_and_else_nothing_is_claimed() -> None:
    halves = [(code, text[: len(text) // 2]) for code, texts in SNIPPETS.items() for text in texts]
    told = [(code, detect_language(text)) for code, text in halves]
    assert all(found in (code, UNDETERMINED) for code, found in told)
    assert sum(found == code for code, found in told) >= 0.95 * len(told)


@pytest.mark.parametrize(
    "text", ["", "   \n", "12 + 30 = 42", "★★★ ☆☆", "Tea.", "x = f(y[3], z)\n", "\x00\x01", "\ud800"]
)
def test_where_nothing_tells_nothing_is_claimed(text: str) -> None:
    assert detect_language(text) == UNDETERMINED


def test_the_main_language_of_a_mixture_is_told() -> None:
    text = " ".join([*SNIPPETS["fr"], *SNIPPETS["fr"], "The end, said the man."])
    assert detect_language(text) == "fr"


@pytest.mark.parametrize(("many", "few"), [("fr", "en"), ("pl", "en"), ("es", "de")])
@pytest.mark.parametrize("turned", [False, True])
def test_the_main_language_of_a_long_mixture_is_told_wherever_it_stands(many: str, few: str, *, turned: bool) -> None:
    parts = [" ".join(SNIPPETS[many] * 14), " ".join(SNIPPETS[few] * 4)]
    text = "\n\n".join(reversed(parts) if turned else parts)[:4_000]
    assert detect_language(text) == many


def test_controls_and_odd_characters_do_not_hide_a_language() -> None:
    assert detect_language("\x0b\x7f\ufffe" + SNIPPETS["de"][0] + "\ud800👍") == "de"


@given(st.text(max_size=200))
def test_any_text_gives_a_code(text: str) -> None:
    code = detect_language(text)
    assert code == UNDETERMINED or (len(code) == 2 and code.islower())
    assert detect_language(text) == code


def test_the_library_is_loaded_when_it_is_first_used() -> None:
    code = "import sys, generation_functions.languages; print('pycld2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "False\n"


async def test_datasets_and_their_card_know_the_languages(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    for code in ("de", "ja"):
        (inputs / f"{code}.txt").write_text("\n\n".join(SNIPPETS[code]), encoding="utf-8")
    async with Run(tmp_path / "out") as run:
        dataset = await run.write(run.read(inputs).chunk(max_tokens=200), "out", lambda row: {"text": row["text"]})
    rows = [orjson.loads(line) for line in dataset.path.read_bytes().splitlines()]
    assert {row["metadata"]["source"]: row["metadata"]["language"] for row in rows} == {"de.txt": "de", "ja.txt": "ja"}
    card = (tmp_path / "out" / "datasets" / "README.md").read_text(encoding="utf-8")
    assert 'language: ["de", "ja"]' in card
