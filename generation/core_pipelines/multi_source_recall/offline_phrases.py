"""The words that the offline rules ask and answer with, in the languages they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Words of one language. `{topic}`, `{one}`, `{two}`, `{name}` are filled in."""

    also: str
    first_of: str
    earlier: str
    vague: str
    meant: str
    doubted: str
    corrected: str
    unheard: tuple[str, ...]
    unknown: str
    recalled: str
    thought: str
    wrong: str
    nowhere: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        also="And {one}",
        first_of="Which of these came first: “{one}” or “{two}”?",
        earlier="This came first: {one} And this came later: {two}",
        vague="What was that again with “{one}” and “{two}”? I only remember it dimly.",
        meant="You most likely mean this: {one}",
        doubted="I have read this: “{one}” What is there to know about that?",
        corrected="That is not quite right. This is how it is: {one}",
        unheard=("the Velmar principle", "the Ostrin method", "the Callowby effect", "the Drennick rule"),
        unknown="I know of nothing called {name}, and I would only be inventing it. This is what I do know: {one}",
        recalled="{source} says: “{one}”",
        thought="What do I know that bears on this?",
        wrong="The question takes something for granted that is not so: the number is another one.",
        nowhere="The name does not come up in anything I know. I must not make something up.",
    ),
    "de": Phrases(
        also="Und {one}",
        first_of="Was war früher: „{one}“ oder „{two}“?",
        earlier="Dies war zuerst: {one} Und dies kam später: {two}",
        vague="Wie war das noch mit „{one}“ und „{two}“? Ich erinnere mich nur dunkel.",
        meant="Vermutlich meinen Sie dies: {one}",
        doubted="Ich habe gelesen: „{one}“ Was weiß man darüber?",
        corrected="Das stimmt so nicht. Richtig ist: {one}",
        unheard=("das Velmar-Prinzip", "die Ostrin-Methode", "der Callowby-Effekt", "die Drennick-Regel"),
        unknown="Etwas mit diesem Namen ({name}) kenne ich nicht, und ich müsste es erfinden. Was ich weiß: {one}",
        recalled="In {source} steht: „{one}“",
        thought="Was weiß ich, das hierher gehört?",
        wrong="Die Frage setzt etwas voraus, das nicht stimmt: Die Zahl ist eine andere.",
        nowhere="Der Name kommt in nichts vor, was ich kenne. Ich darf nichts erfinden.",
    ),
    "fr": Phrases(
        also="Et {one}",
        first_of="Lequel vient en premier : « {one} » ou « {two} » ?",
        earlier="Ceci vient en premier : {one} Et ceci vient plus tard : {two}",
        vague="C'était quoi déjà, avec « {one} » et « {two} » ? Je ne m'en souviens que vaguement.",
        meant="Vous pensez sans doute à ceci : {one}",
        doubted="J'ai lu ceci : « {one} » Que sait-on à ce sujet ?",
        corrected="Ce n'est pas tout à fait exact. Voici ce qu'il en est : {one}",
        unheard=("le principe de Velmar", "la méthode d'Ostrin", "l'effet Callowby", "la règle de Drennick"),
        unknown="Je ne connais rien de ce nom ({name}), et je ne ferais qu'inventer. Voici ce que je sais : {one}",
        recalled="{source} dit : « {one} »",
        thought="Que sais-je qui se rapporte à cela ?",
        wrong="La question suppose quelque chose d'inexact : le nombre est un autre.",
        nowhere="Ce nom n'apparaît dans rien de ce que je connais. Je ne dois rien inventer.",
    ),
    "es": Phrases(
        also="Y {one}",
        first_of="¿Qué fue antes: «{one}» o «{two}»?",
        earlier="Esto fue primero: {one} Y esto vino después: {two}",
        vague="¿Cómo era aquello de «{one}» y «{two}»? Solo lo recuerdo vagamente.",
        meant="Probablemente se refiere a esto: {one}",
        doubted="He leído esto: «{one}» ¿Qué se sabe de ello?",
        corrected="No es del todo exacto. Es así: {one}",
        unheard=("el principio de Velmar", "el método de Ostrin", "el efecto Callowby", "la regla de Drennick"),
        unknown="No conozco nada con ese nombre ({name}) y solo lo inventaría. Lo que sí sé: {one}",
        recalled="{source} dice: «{one}»",
        thought="¿Qué sé que tenga que ver con esto?",
        wrong="La pregunta da por cierto algo que no lo es: el número es otro.",
        nowhere="Ese nombre no aparece en nada de lo que conozco. No debo inventar nada.",
    ),
}

UNHEARD_OF = {
    "en": "What is {name}, and what does it have to do with “{topic}”?",
    "de": "Was besagt {name}, und was hat das mit „{topic}“ zu tun?",
    "fr": "Qu'est-ce que {name}, et quel rapport avec « {topic} » ?",
    "es": "¿En qué consiste {name} y qué tiene que ver con «{topic}»?",
}
"""Questions about what does not exist."""
