"""Languages and scripts of rows."""

from __future__ import annotations

import pytest

from generation_functions.report.languages import LanguageCount, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Water turns the wheel.", "Latin script"),
        ("L’eau fait tourner la roue à aubes.", "Latin script"),
        ("Вода вращает колесо.", "Cyrillic script"),
        ("水力推动水车转动", "Chinese characters"),
        ("水車は川の水で回ります", "Japanese script"),
        ("물이 바퀴를 돌린다", "Korean script"),
        ("الماء يدير العجلة", "Arabic script"),
        ("पानी पहिया घुमाता है", "Devanagari script"),
        ("น้ำหมุนกังหัน", "Thai script"),
        ("המים מסובבים את הגלגל", "Hebrew script"),
        ("Το νερό γυρίζει τον τροχό", "Greek script"),
        ("English with one 水 in it", "Latin script"),
        ("12 + 30 = 42", "no letters"),
        ("—", "no letters"),
        ("", "no letters"),
    ],
)
def test_script(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("Das Wasser dreht das Rad, und das Rad dreht den Stein, der das Korn mahlt.", None, "de"),
        ("The water turns the wheel, and the wheel turns the stone that grinds the corn.", None, "en"),
        ("The water turns the wheel, and the wheel turns the stone that grinds the corn.", "xx", "xx"),
        ("Mill 3", "und", "Latin script"),
        ("12", None, "no letters"),
    ],
)
def test_a_language_is_named_or_detected_or_at_least_a_script(text: str, language: str | None, told: str) -> None:
    count = LanguageCount()
    count.add(text, language)
    assert count.languages().counts == ((told, 1),)


def test_a_language_that_a_row_names_comes_before_its_script() -> None:
    count = LanguageCount()
    for text, language in (("Wasser", "de"), ("12", None), ("Mühle", "de")):
        count.add(text, language)
    found = count.languages()
    assert (found.counts, found.named, found.rows) == ((("de", 2), ("no letters", 1)), 2, 3)
