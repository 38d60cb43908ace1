"""The words that the offline rules answer with, in the languages they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Words of one language. `{source}`, `{sources}` and `{one}`, a sentence, are filled in."""

    looked: str
    helps: str
    missed: str
    remembered: str
    lost: str
    from_memory: str
    unknown: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        looked="What do the passages say about this?",
        helps="{source} has it: “{one}”",
        missed="They are from {sources}, and none answers the question.",
        remembered="I do remember this, though: {one}",
        lost="I do not know it myself either, and guessing would not help.",
        from_memory="The passages that were found do not answer this, so I go by what I know. {one}",
        unknown="I cannot answer that. The passages that were found ({sources}) do not say, nor do I know it.",
    ),
    "de": Phrases(
        looked="Was sagen die Textstellen dazu?",
        helps="In {source} steht es: „{one}“",
        missed="Sie stammen aus {sources}, und keine beantwortet die Frage.",
        remembered="Ich erinnere mich aber: {one}",
        lost="Ich weiß es auch selbst nicht, und raten hilft nicht.",
        from_memory="Die gefundenen Textstellen beantworten das nicht, also aus dem, was ich weiß: {one}",
        unknown="Das kann ich nicht beantworten. Die gefundenen Textstellen ({sources}) sagen es nicht, und ich "
        "weiß es auch nicht.",
    ),
    "fr": Phrases(
        looked="Que disent les passages à ce sujet ?",
        helps="{source} le dit : « {one} »",
        missed="Ils viennent de {sources}, et aucun ne répond à la question.",
        remembered="Je me souviens pourtant de ceci : {one}",
        lost="Je ne le sais pas non plus, et deviner n'aiderait pas.",
        from_memory="Les passages trouvés n'y répondent pas ; je réponds de mémoire. {one}",
        unknown="Je ne peux pas répondre. Les passages trouvés ({sources}) ne le disent pas, et je ne le sais pas "
        "moi-même.",
    ),
    "es": Phrases(
        looked="¿Qué dicen los pasajes sobre esto?",
        helps="{source} lo dice: «{one}»",
        missed="Son de {sources}, y ninguno responde a la pregunta.",
        remembered="Pero recuerdo esto: {one}",
        lost="Yo tampoco lo sé, y adivinar no ayudaría.",
        from_memory="Los pasajes encontrados no lo responden; contesto con lo que sé. {one}",
        unknown="No puedo responder. Los pasajes encontrados ({sources}) no lo dicen, y yo tampoco lo sé.",
    ),
}
