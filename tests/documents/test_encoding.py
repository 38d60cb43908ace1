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
        ("黄河は".encode("shift-jis"), "not UTF-8"),
        ("黄河是中国".encode("gbk"), "not UTF-8"),
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


LEGACY = {
    "windows-1251": "Прилив — это периодическое поднятие уровня моря под действием притяжения Луны и Солнца.",
    "koi8-r": "Прилив — это периодическое поднятие уровня моря под действием притяжения Луны и Солнца.".replace(
        "—", "-"
    ),
    "cp866": "Вода поднимается дважды в сутки, и так уже много миллионов лет подряд, день за днём.",
    "shift_jis": "潮汐とは、月や太陽の引力によって海面の水位が周期的に上下する現象である。",
    "iso-2022-jp": "潮汐とは、月や太陽の引力によって海面の水位が周期的に上下する現象である。",
    "euc-jp": "一日に二回、満潮と干潮がある。潮汐とは海面の水位が上下する現象である。",
    "gb18030": "潮汐是海水在月球和太阳引力作用下产生的周期性运动。每天涨落两次，影响航运和渔业。",
    "big5": "潮汐是海水在月球和太陽引力作用下產生的週期性運動。每天漲落兩次，影響航運和漁業。",
    "windows-1253": "Η παλίρροια είναι η περιοδική άνοδος και κάθοδος της στάθμης της θάλασσας.",
    "windows-1255": "הגאות והשפל הם עלייה וירידה מחזורית של פני הים בהשפעת כוח המשיכה של הירח והשמש.",
    "windows-1256": "المد والجزر هو ارتفاع وانخفاض دوري في مستوى سطح البحر بفعل جاذبية القمر والشمس.",
    "windows-874": "น้ำขึ้นน้ำลงเป็นปรากฏการณ์ที่ระดับน้ำทะเลเปลี่ยนแปลงตามแรงดึงดูดของดวงจันทร์และดวงอาทิตย์",
    "windows-1252": "Les marées sont les mouvements périodiques de la mer, où l'été déjà passé revient.",
}


LATIN = {
    "Polish": "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "Czech": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv, a šťastní žijí žluťoučcí koně.",
    "Hungarian": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van; őrült űrhajós a fűben.",
    "Slovak": "Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv; ťažký žeriav.",
}


@pytest.mark.parametrize("encoding", ["iso8859-2", "cp1250"])
@pytest.mark.parametrize("language", LATIN)
def test_central_european_letters_are_not_taken_for_western_ones(language: str, encoding: str) -> None:
    text = f"{LATIN[language]}\n" * 2
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Hver maður er borinn frjáls og jafn öðrum að virðingu. Menn eru gæddir vitsmunum, og ber þeim að breyta vel.",
        "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt, ja mõistus on neile antud.",
        "Tous les êtres humains naissent libres et égaux; août, goûter, œuvre, 5 m² à 3 m³, 20±1 °C.",
        "Todos os seres humanos nascem livres e iguais: razão, consciência, eleições, amanhã, corações.",
    ],
)
def test_western_letters_stay_western(text: str) -> None:
    assert decode(f"{text}\n".encode("cp1252") * 3).text == f"{text}\n" * 3


@pytest.mark.parametrize(("encoding", "text"), LEGACY.items(), ids=LEGACY)
def test_old_encodings_are_told_by_the_language_they_give(encoding: str, text: str) -> None:
    python = encoding.replace("windows-", "cp")
    assert decode((text + "\n" + text).encode(python)).text == text + "\n" + text
