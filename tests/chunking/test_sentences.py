"""Sentence boundaries across languages: where sentences end, and where a full stop ends nothing."""

import pytest

from generation_functions.chunking import sentences
from generation_functions.chunking.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentence_spans(text)]


# `|` stands where a sentence ends.
LANGUAGES = {
    "English": "Dr. Smith left the U.S. in 1990.| J. R. R. Tolkien wrote, e.g., Roverandom.| He asked: “Why?”| Yes.",
    "English quotes": '"Go!" he said.| "Really?" asked Mrs. Jones.| It cost $3.50 at Acme Inc.| The shop closed.',
    "German": "Am 3. Mai 1900 kam Prof. Weiß z.B. nach Köln.| Das dauerte ca. zwei Std. lang.| War es nötig?| Ja!",
    "French": "M. Dupont est né en 1802.| Il vécut à Paris, cf. chap. deux.| Pourquoi ?| Nul ne le sait !| Voilà.",
    "Spanish": "El Sr. Pérez vive en la Av. Central.| ¿Dónde está?| ¡Aquí mismo!| Llegó en 1999.",
    "Polish": "Mieszka przy ul. Długiej np. od roku.| Czy to prawda?| Tak.",
    "Russian": "В 1990 г. Москва выросла.| Он жил на ул. Ленина.| Почему?| Никто не знает!",
    "Greek": "Η Αθήνα είναι πόλη.| Έχει π.χ. μουσεία.| Είναι παλιά!",
    "Chinese": "黄河是中国的一条河。|它很长！|真的吗？|他说：“是的。”|然后走了。",
    "Japanese": "東京は首都です。|「はい。」と彼は言った。|次の日、雨が降った！|本当？",
    "Korean": "서울은 한국의 수도이다.| 한강이 흐른다.| 정말인가?| 그렇다!",
    "Arabic": "القاهرة عاصمة مصر.| هل تعرف ذلك؟| نعم، أعرف.| النيل طويل!",
    "Persian": "تهران پایتخت ایران است.| آیا بزرگ است؟| بله.",
    "Urdu": "لاہور ایک شہر ہے۔| کیا یہ بڑا ہے؟| جی ہاں۔",
    "Hindi": "दिल्ली भारत की राजधानी है।| क्या यह बड़ी है?| हाँ।| गंगा एक नदी है॥",
    "Bengali": "ঢাকা বাংলাদেশের রাজধানী।| এটি কি বড়?| হ্যাঁ।",
    "Armenian": "Երևանը մայրաքաղաք է։| Այն հին է։",
    "Amharic": "አዲስ አበባ ዋና ከተማ ናት።| ትልቅ ናት።",
    "Burmese": "ရန်ကုန်သည် မြို့ကြီးဖြစ်သည်။| နေပြည်တော်သည် မြို့တော်ဖြစ်သည်။",
    "Khmer": "ភ្នំពេញជារាជធានី។| វាធំ។",
    "Tibetan": "ལྷ་ས་གྲོང་ཁྱེར་ཡིན།| བོད་ཡིན།",
    "Vietnamese": "Hà Nội là thủ đô.| TP. Hồ Chí Minh rất lớn.| Đúng không?",
    "Hebrew": "ירושלים היא עיר.| האם היא גדולה?| כן!",
    "Thai": "กรุงเทพเป็นเมืองหลวงของประเทศไทย มีแม่น้ำเจ้าพระยาไหลผ่าน",
    "lists": "1. Boil water.| 2. Add tea.| a) Wait for it.| Done.",
    "small letters": "hello there.| how are you?| all is well.| ok then.",
}


@pytest.mark.parametrize("marked", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_sentences_end_where_they_end(marked: str) -> None:
    assert split(marked.replace("|", "")) == [part.strip() for part in marked.split("|")]


def test_a_span_inside_a_text_is_split_alone() -> None:
    text = "Before. One here. Two here. After."
    assert [text[a:b] for a, b in sentence_spans(text, 8, 28)] == ["One here. ", "Two here. "]


def test_long_text_is_judged_in_windows_and_split_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"Sentence {number} came from Dr. Brown in 19{number % 90 + 10}." for number in range(300))
    whole = list(sentence_spans(text))
    assert len(whole) == 300
    monkeypatch.setattr(sentences, "WINDOW", 500)
    assert list(sentence_spans(text)) == whole


def test_a_window_full_of_one_word_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "WINDOW", 100)
    text = "x" * 1000 + ". Then more."
    assert "".join(text[a:b] for a, b in sentence_spans(text)) == text
