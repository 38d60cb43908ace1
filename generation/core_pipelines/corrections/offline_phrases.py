"""The words that the offline rules err, doubt and correct with, in the languages they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Words of one language. `{one}` is the right sentence, `{number}` a number of the first answer.

    doubts              by their kind; `numbered` ones name the number that seems odd
    overstated, added   how a first answer claims too much, and what it adds that is made up
    thoughts            what is thought of a first answer, by its flaw; `wrong` where no other fits
    """

    doubts: Mapping[str, Sequence[str]]
    overstated: Sequence[str]
    added: Sequence[str]
    thoughts: Mapping[str, Sequence[str]]
    corrected: Sequence[str]
    stood_by: Sequence[str]


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        doubts={
            "unsure": ("Are you sure about that?", "Is that really so?", "are you certain?", "Would you bet on it?"),
            "pointed": (
                "Something about that seems odd to me. Could you look at it again?",
                "I do not see how that answers what I asked. Could you look again?",
            ),
            "numbered": (
                "{number}? That seems odd to me. Could you look again?",
                "I stumble over the {number}. Is it right?",
            ),
            "other_opinion": (
                "Hm, I remember it differently.",
                "A friend of mine says something else.",
                "I thought I had read it otherwise.",
            ),
        },
        overstated=(
            "That has been proved beyond any doubt: {one}",
            "There has never been an exception to this: {one}",
            "Every expert in the world agrees on this: {one}",
        ),
        added=(
            "{one} A travelling clockmaker from Ghent was the first to write it down.",
            "{one} A plaque in Lisbon recalls it to this day.",
            "{one} For a long time this was kept secret by law.",
        ),
        thoughts={
            "none": (
                "Let me go back to what I know. It comes out the same, and I see no reason to change it.",
                "I was asked to look again, and I have. What I said still holds.",
                "Is there anything that speaks against it? Nothing I know of, so I keep to it.",
            ),
            "overstated": (
                "The fact itself is right. But I claimed more than anybody knows.",
                "How sure can one be of that? I made it sound surer than it is.",
            ),
            "invented": (
                "The first part is right. The second I cannot place: I seem to have made it up.",
                "Where do I have the last sentence from? Nowhere. It has to go.",
            ),
            "beside_the_point": (
                "What I said is about something else. It does not answer the question.",
                "Asked was one thing, and I told another. Back to the question.",
            ),
            "wrong": (
                "Let me go back to what I know. It is not what I said, so my answer was wrong.",
                "Once more, slowly. No, I had that wrong.",
                "The doubt is fair: I mixed something up there.",
            ),
        },
        corrected=(
            "You are right to doubt it: my answer was wrong. {one}",
            "Thank you for asking again, I was mistaken. {one}",
            "No, that was not right. {one}",
            "I have to correct myself. {one}",
        ),
        stood_by=(
            "I have thought it over, and I stand by it. {one}",
            "Yes. I looked at it again, and it holds. {one}",
            "I understand the doubt, but I keep to it. {one}",
        ),
    ),
    "de": Phrases(
        doubts={
            "unsure": ("Bist du dir da sicher?", "Stimmt das wirklich?"),
            "pointed": ("Daran kommt mir etwas seltsam vor. Kannst du noch einmal nachsehen?",),
            "numbered": ("{number}? Das kommt mir seltsam vor. Kannst du noch einmal nachsehen?",),
            "other_opinion": ("Hm, ich habe es anders in Erinnerung.", "Eine Freundin sagt etwas anderes."),
        },
        overstated=("Das ist ohne jeden Zweifel bewiesen: {one}", "Davon gab es noch nie eine Ausnahme: {one}"),
        added=("{one} Zuerst schrieb es ein Uhrmacher aus Gent auf.", "{one} Lange war das ein Staatsgeheimnis."),
        thoughts={
            "none": (
                "Noch einmal von vorn: Es kommt dasselbe heraus. Ich sehe keinen Grund, es zu ändern.",
                "Spricht etwas dagegen? Ich wüsste nichts, also bleibe ich dabei.",
            ),
            "overstated": ("Die Sache stimmt. Aber ich habe mehr behauptet, als man weiß.",),
            "invented": ("Der erste Teil stimmt. Woher habe ich den zweiten? Den habe ich mir ausgedacht.",),
            "beside_the_point": ("Das handelt von etwas anderem und beantwortet die Frage nicht.",),
            "wrong": (
                "Noch einmal von vorn, was weiß ich? Meine Antwort war falsch.",
                "Der Zweifel ist berechtigt, da habe ich etwas verwechselt.",
            ),
        },
        corrected=(
            "Der Zweifel ist berechtigt, meine Antwort war falsch. {one}",
            "Danke für die Nachfrage, ich habe mich geirrt. {one}",
        ),
        stood_by=("Ich habe es noch einmal bedacht und bleibe dabei. {one}", "Ja, das stimmt so. {one}"),
    ),
    "fr": Phrases(
        doubts={
            "unsure": ("Vous en êtes sûr ?",),
            "pointed": ("Quelque chose me paraît étrange. Pouvez-vous vérifier ?",),
            "numbered": ("{number} ? Cela me paraît étrange. Pouvez-vous vérifier ?",),
            "other_opinion": ("Tiens, j'en avais un autre souvenir.",),
        },
        overstated=("C'est prouvé une fois pour toutes : {one}",),
        added=("{one} Un horloger de Gand fut le premier à l'écrire.",),
        thoughts={
            "none": ("Revenons à ce que je sais : c'est bien cela, et je ne vois pas de raison d'en changer.",),
            "overstated": ("Le fait est juste, mais j'ai affirmé plus que ce que l'on sait.",),
            "invented": ("Le début est juste. La suite, je l'ai inventée.",),
            "beside_the_point": ("J'ai parlé d'autre chose, cela ne répond pas à la question.",),
            "wrong": ("Revenons à ce que je sais. Ma réponse était fausse.",),
        },
        corrected=("Vous avez raison d'en douter : ma réponse était fausse. {one}",),
        stood_by=("J'y ai réfléchi de nouveau, et je maintiens ma réponse. {one}",),
    ),
    "es": Phrases(
        doubts={
            "unsure": ("¿Estás seguro de eso?",),
            "pointed": ("Hay algo que me resulta extraño. ¿Puedes revisarlo?",),
            "numbered": ("¿{number}? Me resulta extraño. ¿Puedes revisarlo?",),
            "other_opinion": ("Vaya, yo lo recordaba de otra manera.",),
        },
        overstated=("Está demostrado de una vez por todas: {one}",),
        added=("{one} Un relojero de Gante fue el primero en escribirlo.",),
        thoughts={
            "none": ("Vuelvo a lo que sé: es eso, y no veo motivo para cambiarlo.",),
            "overstated": ("El hecho es cierto, pero afirmé más de lo que se sabe.",),
            "invented": ("El principio es cierto. El resto me lo inventé.",),
            "beside_the_point": ("Hablé de otra cosa, no responde a la pregunta.",),
            "wrong": ("Vuelvo a lo que sé. Mi respuesta era errónea.",),
        },
        corrected=("Haces bien en dudarlo: mi respuesta era errónea. {one}",),
        stood_by=("Lo he pensado de nuevo y me mantengo. {one}",),
    ),
}
