"""The offline writer's questions: grammatical, standing alone, answered by a sentence of the text."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.core_components.languages import language_of
from generation.core_components.offline_writer import english, other_languages
from generation.core_components.offline_writer.questions import question_answer_pairs
from generation.core_components.offline_writer.sentences import sentences, squeezed, stands_alone

TEA = """\
# Tea

Tea is a drink made from the leaves of an evergreen shrub. Green tea is not oxidised because the leaves are heated soon
after picking. In the tea trade, Mr. T. Lipton sold tea by the packet.

- The tea bag was patented by Thomas Sullivan in 1908.
- It became popular later.

| year | tonnes |
| --- | --- |
| 2021 | 3 |

China produced more than three million tonnes of tea in 2021. A cup of black tea contains about 47 milligrams of
caffeine.
"""


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Tea was introduced to England in the 1650s.", "When was tea introduced to England?"),
        ("In 1773, colonists threw tea into Boston Harbour.", "When did colonists throw tea into Boston Harbour?"),
        ("The Linotype machine was patented by Ottmar Mergenthaler.", "Who patented the Linotype machine?"),
        ("Lu Yu wrote The Classic of Tea.", "Who wrote The Classic of Tea?"),
        ("A cup of tea contains about 47 milligrams of caffeine.",
         "How many milligrams of caffeine does a cup of tea contain?"),
        ("Worker bees live for about six weeks in summer.", "How long do worker bees live in summer?"),
        ("The Canal du Midi is 240 kilometres long.", "How long is the Canal du Midi?"),
        ("Glass is made from sand, soda ash and limestone.", "What is glass made from?"),
        ("Green tea is not oxidised because the leaves are heated.", "Why is green tea not oxidised?"),
        ("The Moon causes most tides because its gravity pulls.", "Why does the Moon cause most tides?"),
        ("Johannes Gutenberg was a goldsmith from Mainz.", "Who was Johannes Gutenberg?"),
        ("The Canal du Midi is a canal in France.", "What is the Canal du Midi?"),
        ("The first lock was built in Exeter.", "Where was the first lock built?"),
        ("Honey bees collect nectar from flowers.", "What do honey bees collect from flowers?"),
        ("Robert Fortune, a Scottish botanist, travelled to China in 1848 and collected plants.",
         "When did Robert Fortune travel to China?"),
    ],
)  # fmt: skip
def test_an_english_sentence_is_turned_around(sentence: str, question: str) -> None:
    text = f"{sentence} Much tea, glass and honey. The best tea, some bees, colonists."
    assert question in [asked.question for asked in english.questions(sentence, text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The treaty signed in 1850 ended the war between them.",
        "It was opened in 1825 by the king.",
        "What a long way to go for a cup of tea.",
        "That the Earth turns was known.",
        "Running water, wind and ice.",
    ],
)
def test_no_question_is_asked_where_the_turn_is_in_doubt(sentence: str) -> None:
    assert english.questions(sentence, sentence) == []


ODD = [
    ("Lead glass is heavy and sparkles because it contains lead oxide.", "the second predicate is cut off"),
    ("Older workers guard the entrance and collect food.", "a verb that is not known hides in the subject"),
    ("The copy in Astoria was made by Chester Carlson.", "nobody knows which copy"),
    ("The furnaces were moved because fire threatened the wooden houses.", "nobody knows which furnaces"),
    ("Cai Lun made paper from tree bark, hemp, rags and fishing nets.", "the list is cut off"),
    ("The Crystal Palace was built in Hyde Park in London.", "the place is given away"),
    ("Charles Babbage designed but never completed the Analytical Engine.", "the second predicate is cut off"),
    ("Kenya is one of the largest exporters of black tea.", "that is not what Kenya is"),
    ("Corning bought two factories in 1908.", "it may be a name or none"),
]


@pytest.mark.parametrize(("sentence", "why"), ODD, ids=[why for _, why in ODD])
def test_better_no_question_than_an_odd_one(sentence: str, why: str) -> None:
    assert english.questions(sentence, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Ordinary window glass is made from sand.", "What is ordinary window glass made from?"),
        ("Knowledge of paper reached Spain in 1100.", "When did knowledge of paper reach Spain?"),
        ("Antonie van Leeuwenhoek described bacteria in 1676.", "When did Antonie van Leeuwenhoek describe bacteria?"),
        ("Egyptian scribes used ink in 2500 BC.", "When did Egyptian scribes use ink?"),
        ("A lunar day lasts about 24 hours and 50 minutes.", "How long does a lunar day last?"),
        ("Gutenberg printed 180 copies of the Bible.", "How many copies of the Bible did Gutenberg print?"),
        ("Tidal friction slows the rotation of the Earth.", "What slows the rotation of the Earth?"),
        ("The Golden Gate Bridge is 2.7 kilometres long and 27 metres wide.", "How long is the Golden Gate Bridge?"),
        ("The Diamond Sutra was printed in AD 868.", "When was the Diamond Sutra printed?"),
    ],
)
def test_a_subject_keeps_its_capital_only_as_a_name_and_nothing_is_cut_short(sentence: str, question: str) -> None:
    assert question in [asked.question for asked in english.questions(sentence, f"{sentence} For Gutenberg.")]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Ferdinand de Lesseps leitete den Bau des Suezkanals.", "Wer leitete den Bau des Suezkanals?"),
        ("Der Präsident Gamal Abdel Nasser verstaatlichte den Suezkanal.", "Wer verstaatlichte den Suezkanal?"),
        ("Der Bridgewater-Kanal brachte Kohle nach Manchester.", None),
        ("Der Rhein ist 1233 Kilometer lang.", "Wie lang ist der Rhein?"),
        ("Der Fluss wurde im Jahr 1850 begradigt.", None),
        ("Die Schleuse wurde im Jahr 1850 gebaut.", None),
        ("Altes Eisen ist rostig und bricht, weil Regen fiel.", None),
        ("Große Schiffe nutzten den Hafen nur selten im Jahr 1850.", None),
    ],
)
def test_german_questions_stand_alone_too(sentence: str, question: str | None) -> None:
    found = other_languages.questions(sentence, "de", f"{sentence} Eine Schleuse hebt Schiffe.")
    assert found == ([question] if question else [])


@pytest.mark.parametrize(
    ("sentence", "language", "question"),
    [
        ("Der Kölner Dom wurde im Jahr 1880 fertiggestellt.", "de", "Wann wurde der Kölner Dom fertiggestellt?"),
        ("Im Jahr 1248 begann der Bau des Doms.", "de", "Wann begann der Bau des Doms?"),
        ("Glas ist spröde, weil Risse sich leicht ausbreiten.", "de", None),
        ("Altes Glas ist spröde, weil Risse sich leicht ausbreiten.", "de", "Warum ist altes Glas spröde?"),
        ("Le canal du Midi a été inauguré en 1681.", "fr", "Quand est-ce que le canal du Midi a été inauguré ?"),
        ("Karl von Frisch erhielt 1973 den Nobelpreis.", "de", "Wann erhielt Karl von Frisch den Nobelpreis?"),
        ("Der Nord-Ostsee-Kanal ist etwa 98 Kilometer lang.", "de", "Wie lang ist der Nord-Ostsee-Kanal?"),
        ("Porzellan besteht aus Kaolin, Feldspat und Quarz.", "de", "Woraus besteht Porzellan?"),
        ("La tour Eiffel mesure 330 mètres de haut.", "fr", "Combien de mètres de haut mesure la tour Eiffel ?"),
        ("Isaac Newton a expliqué les marées en 1687.", "fr",
         "Quand est-ce qu'Isaac Newton a expliqué les marées ?"),
        ("La Torre del Oro fue construida en 1220 en Sevilla.", "es",
         "¿Cuándo fue construida la Torre del Oro en Sevilla?"),
    ],
)  # fmt: skip
def test_other_languages_are_turned_around_where_it_is_safe(sentence: str, language: str, question: str | None) -> None:
    found = other_languages.questions(sentence, language)
    assert question in found if question else isinstance(found, list)


@pytest.mark.parametrize(
    ("sentence", "language", "gap"),
    [
        ("Bienen haben 5 Augen und 4 Flügel.", "de", "„Bienen haben 5 Augen und ____ Flügel.“"),
        ("Le Rhône relie Genève à la mer.", "fr", "« Le Rhône relie ____ à la mer. »"),
        ("北京成立于1949年。", "zh", "“北京成立于____年。”"),
        ("Kahawa hutoka Ethiopia.", "sw", "“Kahawa hutoka ____.”"),
    ],
)
def test_a_gap_takes_out_what_tells_most(sentence: str, language: str, gap: str) -> None:
    question = other_languages.gap(sentence, language)
    assert question.endswith(gap)
    assert len(question) > len(gap) + 5


def test_sentences_leave_headings_and_tables_out_and_know_initials() -> None:
    found = sentences(TEA)
    assert "In the tea trade, Mr. T. Lipton sold tea by the packet." in found
    assert "The tea bag was patented by Thomas Sullivan in 1908." in found
    assert not any("|" in sentence or sentence.startswith("#") for sentence in found)


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("The tea bag was patented by Thomas Sullivan.", True),
        ("It became popular only much later on.", False),
        ("Diese Brücke wurde im Jahr 1880 gebaut.", False),
        ("Le pont de Brooklyn fut achevé en 1883.", True),
        ("Too short.", False),
        ("see [the notes](notes.md) for what was left out.", False),
        ("The lock gates (built in 1850 were of oak.", False),
        ("蜜蜂是一种会飞行的群居昆虫，被称为资源昆虫。", True),
    ],
)
def test_which_sentences_stand_alone(sentence: str, alone: bool) -> None:
    assert stands_alone(sentence, language_of(sentence)) is alone


def test_answers_are_sentences_of_the_text_and_questions_differ() -> None:
    pairs = question_answer_pairs(TEA, Random(3))
    assert 1 <= len(pairs) <= 4
    assert all(pair.answer in squeezed(TEA.replace("- ", "")) for pair in pairs)
    assert len({pair.question for pair in pairs}) == len(pairs)
    assert len(question_answer_pairs(TEA, Random(3), most=1)) == 1


WORD_LIST = """The the Bees bees Der Le was is has built made print in 1851 1900s about 12 by of and because A. Smith
, . ! ? ; ( ) - # 蜜蜂。 “ ” ... 3.5 ____ 北京成立于1949年。 The|Canal|was|built|by|A.|Smith."""
WORDS = st.sampled_from([*(word.replace("|", " ") for word in WORD_LIST.split()), "\n", "\n\n"])


@given(st.lists(WORDS, max_size=80).map(" ".join) | st.text())
def test_any_text_gives_pairs_whose_answers_stand_in_it(text: str) -> None:
    for pair in question_answer_pairs(text, Random(0)):
        assert pair.answer in squeezed(text)
        assert len(pair.question) > 5


def test_the_same_draw_gives_the_same_pairs() -> None:
    assert question_answer_pairs(TEA, Random(5)) == question_answer_pairs(TEA, Random(5))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The bees are in the hive and they dance.", "en"),
        ("Die Bienen sind im Stock und sie tanzen.", "de"),
        ("Les abeilles dansent dans la ruche et le jardin.", "fr"),
        ("Las abejas bailan en la colmena y en el jardín.", "es"),
        ("蜜蜂在跳舞。", "zh"),
        ("ミツバチは踊ります。", "ja"),
        ("Пчёлы танцуют в улье.", "ru"),
        ("النحل يرقص في الخلية.", "ar"),
        ("12 34", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language
