"""Question-and-answer pairs, in whichever of the usual layouts a model wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generation_functions.errors import ParseError
from generation_functions.parsing.json_value import JsonValue
from generation_functions.parsing.labelled import Labelled
from generation_functions.parsing.lists import NumberedList
from generation_functions.rows import Json

QUESTION = "Question|Q|Frage|Pregunta|Domanda|Pergunta|Vraag|Pytanie|Вопрос|问题|问|質問|問題|سؤال|السؤال|प्रश्न"
ANSWER = (
    "Answer|A|Antwort|Réponse|Reponse|Respuesta|Risposta|Resposta|Antwoord|Odpowiedź|Ответ|答案|答|回答"
    "|جواب|الجواب|उत्तर"
)

_LABELLED = Labelled(QUESTION, ANSWER)
_QUESTION_END = re.compile(r"[?？؟;][*_\"”»’')]*(?=\s|$)|？")
_EMPHASIS = re.compile(r"^(\*\*|__)(.+)\1$", re.DOTALL)


@dataclass(frozen=True)
class QuestionAnswerPairs:
    """`[{"question": …, "answer": …}, …]` from labelled lines, JSON, or numbered questions.

    Labels may be written in about a dozen languages. A closing remark after the last answer is left out. Raises
    `ParseError` for no pair, and for one that lacks its half.
    """

    def __call__(self, completion: str) -> list[dict[str, str]]:
        try:
            return [_bare(pair) for pair in _LABELLED.records(completion)]
        except ParseError as labelled_trouble:
            pairs = _from_json(completion) or _from_numbered(completion)
            if pairs:
                return pairs
            if "none" in labelled_trouble.message:
                raise ParseError('Expected "Question: …" and "Answer: …" lines, found none.') from labelled_trouble
            raise


def _from_json(completion: str) -> list[dict[str, str]]:
    if "{" not in completion:
        return []
    try:
        value = JsonValue()(completion)
    except ParseError:
        return []
    while isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    items = value if isinstance(value, list) else [value]
    pairs = [_pair_of(item) for item in items]
    return [pair for pair in pairs if pair is not None] if None not in pairs else []


def _pair_of(item: Json) -> dict[str, str] | None:
    if not isinstance(item, dict):
        return None
    folded = {str(key).casefold(): value for key, value in item.items()}
    question, answer = _first(folded, QUESTION), _first(folded, ANSWER)
    return {"question": question, "answer": answer} if question and answer else None


def _first(item: dict[str, Json], names: str) -> str:
    values: Iterable[Json] = (item.get(name.casefold()) for name in names.split("|"))
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def _from_numbered(completion: str) -> list[dict[str, str]]:
    """`1. What is …?` with the answer after it, on the same line or below."""
    try:
        items = NumberedList()(completion)
    except ParseError:
        return []
    pairs = [_split(item) for item in items]
    return [_bare(pair) for pair in pairs if pair is not None] if None not in pairs else []


def _split(item: str) -> dict[str, str] | None:
    first, _, rest = item.partition("\n")
    if rest.strip() and _QUESTION_END.search(first.rstrip()[-4:] + " "):
        return {"question": first, "answer": rest}
    end = _QUESTION_END.search(first)
    answer = item[end.end() :] if end else ""
    return {"question": item[: end.end()], "answer": answer} if end and answer.strip() else None


def _bare(pair: dict[str, str]) -> dict[str, str]:
    """Without the emphasis and the dashes that only belonged to the layout."""
    return {key: _EMPHASIS.sub(r"\2", value.strip().lstrip("-–—>").strip()) for key, value in pair.items()}


question_answer_pairs = QuestionAnswerPairs()
