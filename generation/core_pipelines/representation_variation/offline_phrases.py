"""The words that the offline rules put between facts, in the languages they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Words of one language. The defaults are those of no language: nothing is said between the facts."""

    opening: str = ""
    ending: str = ""
    listed: str = ""
    follows: str = ""
    thanks: str = ""
    apart: str = ""
    names: tuple[str, ...] = ("A", "B")
    before: tuple[str, ...] = ("",)
    musings: tuple[str, ...] = ("",)


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        opening="Whoever wants to understand {topic} can begin with a few things that are known.",
        ending="So much can be said of {topic}, and each part makes the others easier to remember.",
        listed="What is worth knowing of {topic}:",
        follows="From 1 to {last}: taken together, this is what is known here of {topic}.",
        thanks="Thank you, now I see how it hangs together.",
        apart="The second came {years} years after the first.",
        names=("Mara", "Jonas", "Ines", "Paul", "Leila", "Owen"),
        before=("But first:", "One step further back:", "And before that:"),
        musings=(
            "So, let me think.",
            "And then there is this:",
            "Curious.",
            "Wait, what was the other thing?",
            "Right:",
        ),
    ),
    "de": Phrases(
        opening="Wer etwas über „{topic}“ wissen möchte, kann mit dem beginnen, was feststeht.",
        ending="So viel lässt sich über „{topic}“ sagen.",
        listed="Wissenswertes über „{topic}“:",
        follows="Aus 1 bis {last}: Zusammengenommen ist es das, was hier über „{topic}“ feststeht.",
        thanks="Danke, jetzt verstehe ich, wie das zusammenhängt.",
        apart="Dazwischen liegen {years} Jahre.",
        names=("Mara", "Jonas", "Ines", "Paul"),
        before=("Doch zuerst:", "Einen Schritt weiter zurück:", "Und davor:"),
        musings=("Also, der Reihe nach.", "Und dann ist da noch das:", "Merkwürdig.", "Moment, was war das andere?"),
    ),
    "fr": Phrases(
        opening="Pour comprendre le sujet « {topic} », on peut partir de ce qui est établi.",
        ending="Voilà ce que l'on peut dire du sujet « {topic} ».",
        listed="À retenir sur « {topic} » :",
        follows="De 1 à {last} : voilà, mis ensemble, ce qui est établi sur « {topic} ».",
        thanks="Merci, je vois maintenant comment tout cela se tient.",
        apart="Entre les deux, il s'écoula {years} ans.",
        names=("Claire", "Hugo", "Inès", "Paul"),
        before=("Mais d'abord :", "Un pas plus loin en arrière :", "Et avant cela :"),
        musings=("Bon, réfléchissons.", "Et puis il y a ceci :", "Curieux.", "Attends, quelle était l'autre chose ?"),
    ),
    "es": Phrases(
        opening="Para entender «{topic}» se puede partir de lo que se sabe.",
        ending="Eso es lo que puede decirse de «{topic}».",
        listed="Lo que conviene saber de «{topic}»:",
        follows="De 1 a {last}: reunido, esto es lo que aquí se sabe de «{topic}».",
        thanks="Gracias, ahora veo cómo encaja todo.",
        apart="Entre lo uno y lo otro pasaron {years} años.",
        names=("Clara", "Hugo", "Inés", "Pablo"),
        before=("Pero primero:", "Un paso más atrás:", "Y antes de eso:"),
        musings=("A ver, pensemos.", "Y luego está esto:", "Curioso.", "Espera, ¿qué era lo otro?"),
    ),
}
