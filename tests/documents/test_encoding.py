"""Bytes to text: what is recognised, what is mended, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.documents.encoding import clean_text, decode
from generation_functions.errors import DocumentError

FRENCH = "Déjà vu : l'été, le café est fermé. Où êtes-vous allés ? À la plage, près de l'île."


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"plain", "plain", "utf-8"),
        ("naïve 日本 🙂".encode(), "naïve 日本 🙂", "utf-8"),
        (b"\xef\xbb\xbfmarked", "marked", "utf-8"),
        ("Größe".encode("utf-16"), "Größe", "utf-16"),
        (b"\xfe\xff" + "слово".encode("utf-16-be"), "слово", "utf-16"),
        ("Größe".encode("utf-32"), "Größe", "utf-32"),
        (FRENCH.encode("cp1252"), FRENCH, "windows-1252"),
        ("He said “yes” – twice.".encode("cp1252"), "He said “yes” – twice.", "windows-1252"),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n", "utf-8"),
        (
            b"a long enough sentence with one stray\0 NUL in it",
            "a long enough sentence with one stray NUL in it",
            "utf-8",
        ),
    ],
)
def test_text_is_read_in_its_encoding(data: bytes, text: str, encoding: str) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.replaced) == (text, encoding, 0)


def test_a_single_damaged_byte_does_not_lose_a_document() -> None:
    whole = "Река впадает в море. ".encode() * 20
    decoded = decode(whole[:-3] + b"\xd0" + whole[-3:])
    assert decoded.encoding == "utf-8"
    assert decoded.replaced == 1
    assert decoded.text.count("�") == 1
    assert decoded.text.startswith("Река впадает в море. ")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("Река впадает в Каспийское море.".encode("cp1251"), "not UTF-8"),
        ("Река впадает в Каспийское море.".encode("koi8-r"), "not UTF-8"),
        ("黄河は長い川です。".encode("shift-jis"), "not UTF-8"),
        ("黄河是中国的一条河流。The river.".encode("gbk"), "not UTF-8"),
        (b"%PDF-1.7 text inside", "binary"),
        (b"\x89PNG\r\n\x1a\n", "binary"),
        (bytes(range(256)) * 4, "binary"),
        ("plain words".encode("utf-16-le"), "UTF-16 without a byte-order mark"),
        (b"\xff\xfea\x00b", "damaged UTF-16"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_way_out(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        decode(data)
    assert "UTF-8" in (caught.value.hint or "")


def test_surrogates_are_joined_where_they_pair_and_replaced_where_they_do_not() -> None:
    assert clean_text("\ud83d\ude42 and \ud83d.") == "🙂 and �."


@given(st.text())
def test_sound_text_is_untouched_but_for_newlines_and_nul(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    assert clean_text(text) == expected


@given(st.text(alphabet=st.characters()))
def test_cleaned_text_always_has_a_utf8_form_and_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert clean_text(cleaned) == cleaned


@given(st.binary(max_size=400))
def test_any_bytes_give_clean_text_or_a_document_error(data: bytes) -> None:
    try:
        text = decode(data).text
    except DocumentError:
        return
    assert "\0" not in text
    assert "\r" not in text
    text.encode("utf-8")
