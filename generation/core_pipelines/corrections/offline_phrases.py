"""The words that the offline rules doubt and correct with, in the languages they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Words of one language. `{one}` is a sentence. Doubts are by their kind."""

    doubts: Mapping[str, str]
    looked: str
    wrong: str
    right: str
    corrected: str
    stood_by: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        doubts={
            "unsure": "Are you sure about that?",
            "pointed": "Something about that seems odd to me. Could you look at it again?",
            "other_opinion": "Hm, I remember it differently.",
        },
        looked="Let me go back to what I know: {one}",
        wrong="That is not what I said before, so my answer was wrong.",
        right="That is what I said, and I see no reason to change it.",
        corrected="You are right to doubt it: my answer was wrong. {one}",
        stood_by="I have thought it over, and I stand by it. {one}",
    ),
    "de": Phrases(
        doubts={
            "unsure": "Bist du dir da sicher?",
            "pointed": "Daran kommt mir etwas seltsam vor. Kannst du noch einmal nachsehen?",
            "other_opinion": "Hm, ich habe es anders in Erinnerung.",
        },
        looked="Noch einmal von vorn, was weiß ich: {one}",
        wrong="Das habe ich vorhin nicht gesagt, meine Antwort war also falsch.",
        right="Das habe ich gesagt, und ich sehe keinen Grund, es zu ändern.",
        corrected="Der Zweifel ist berechtigt, meine Antwort war falsch. {one}",
        stood_by="Ich habe es noch einmal bedacht und bleibe dabei. {one}",
    ),
    "fr": Phrases(
        doubts={
            "unsure": "Vous en êtes sûr ?",
            "pointed": "Quelque chose me paraît étrange. Pouvez-vous vérifier ?",
            "other_opinion": "Tiens, j'en avais un autre souvenir.",
        },
        looked="Revenons à ce que je sais : {one}",
        wrong="Ce n'est pas ce que j'ai dit, ma réponse était donc fausse.",
        right="C'est bien ce que j'ai dit, et je ne vois pas de raison d'en changer.",
        corrected="Vous avez raison d'en douter : ma réponse était fausse. {one}",
        stood_by="J'y ai réfléchi de nouveau, et je maintiens ma réponse. {one}",
    ),
    "es": Phrases(
        doubts={
            "unsure": "¿Estás seguro de eso?",
            "pointed": "Hay algo que me resulta extraño. ¿Puedes revisarlo?",
            "other_opinion": "Vaya, yo lo recordaba de otra manera.",
        },
        looked="Vuelvo a lo que sé: {one}",
        wrong="No es lo que dije antes, así que mi respuesta era errónea.",
        right="Es lo que dije, y no veo motivo para cambiarlo.",
        corrected="Haces bien en dudarlo: mi respuesta era errónea. {one}",
        stood_by="Lo he pensado de nuevo y me mantengo. {one}",
    ),
}
