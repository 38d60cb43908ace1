"""What the rules ask and answer in place of a model: false numbers that are put right, and one language in a row."""

from __future__ import annotations

import re
from random import Random

import pytest

from generation.core_components.retrieval import shown
from generation.core_pipelines.multi_source_recall import offline_rules

BEES = {
    "source": "bees.txt",
    "title": "bees",
    "text": "Karl von Frisch received the Nobel Prize in Physiology or Medicine in 1973. Drones have no sting, and "
    "they die in autumn. Honeybees make honey from nectar because they need food for the winter.",
}
CANALS = {
    "source": "kanal.md",
    "title": "Kanäle",
    "text": "Der Panamakanal wurde im Jahr 1914 eröffnet. Der Kanal verbindet den Atlantik mit dem Pazifik, und die "
    "Schiffe warten vor den Schleusen.",
}
LOCKS = {
    "source": "schleusen.md",
    "title": "Schleusen",
    "text": "Der Main-Donau-Kanal wurde im Jahr 1992 eröffnet. Die Schleusen des Kanals heben die Schiffe auf die Höhe "
    "der Scheitelhaltung.",
}


def asked(way: str, *passages: dict[str, str], seed: int = 0) -> str:
    return offline_rules.ask({"passages": shown(passages), "way": way}, Random(seed))


@pytest.mark.parametrize("number", [10, 12, 21, 99, 105, 2000, 2019])
def test_a_false_number_is_found_out_and_is_no_year_to_come(number: int) -> None:
    sentence = f"A worker of the colony lived for {number} hours."
    passage = {"source": "bees.txt", "title": "bees", "text": sentence}
    for seed in range(20):
        question = asked("negative", passage, seed=seed).partition("Question: ")[2]
        [false] = re.findall(r"\d+", question)
        assert int(false) != number
        assert number < 2000 or int(false) < number
        values = {"passages": shown([passage]), "way": "negative", "dialogue": f"User: {question}"}
        assert f"{sentence[:-1]} (bees.txt)." in offline_rules.answer(values, Random(seed))


@pytest.mark.parametrize("way", ["open", "comparison", "follow_up"])
def test_a_question_is_not_made_of_two_languages(way: str) -> None:
    assert asked(way, CANALS, BEES) == offline_rules.NO_QUESTION
    assert "Main-Donau-Kanal" in asked(way, CANALS, BEES, LOCKS)
    assert "Frisch" not in asked(way, CANALS, BEES, LOCKS)


def test_a_second_question_in_spanish_opens_with_its_mark() -> None:
    places = ("Chipiona", 1867, "faros.md"), ("Maspalomas", 1890, "mareas.md")
    passages = [
        {"source": source, "title": "Faros", "text": f"El faro de {place} fue inaugurado en {year} por la reina."}
        for place, year, source in places
    ]
    question = asked("open", *passages).partition("Question: ")[2]
    assert "? ¿Y cuándo fue inaugurado el faro de Maspalomas" in question
    values = {"passages": shown(passages), "way": "open", "dialogue": f"User: {question}"}
    said = offline_rules.answer(values, Random(0))
    assert "(faros.md)" in said
    assert "(mareas.md)" in said


def test_an_answer_speaks_the_language_of_its_own_chunk() -> None:
    values = {"passages": shown([CANALS, BEES, BEES]), "way": "hallucination", "dialogue": "User: Was ist das?"}
    said = offline_rules.answer(values, Random(0))
    assert "Panamakanal" in said
    assert "Was weiß ich" in said
