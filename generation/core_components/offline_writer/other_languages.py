"""Questions in other languages than English: safe turns in French and Spanish, and a gap to fill in any."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from generation.core_components.offline_writer import german

_YEAR = r"(?:1\d{3}|20\d\d)"
_FR_TIME = (
    rf"(?:[Ee]n {_YEAR}|[Aa]u [XVI]+(?:e|er) siècle|[Vv]ers {_YEAR}|[Dd]ans les années {_YEAR}|[Dd]ès {_YEAR}"
    rf"|[Dd]epuis {_YEAR})"
)
_ES_TIME = rf"(?:[Ee]n (?:el año )?{_YEAR}|[Ee]n el siglo [XVI]+|[Hh]acia {_YEAR})"
_LEANING = re.compile(
    r"\b(?:er|sie|es|ihn|ihm|ihre?[nmrs]?|seine?[nmrs]?|diese[rsmn]?|dort|hier|dabei|il|elle|ils|elles|ce|cet|cette|ces|celui|celle|son|sa|ses|"
    r"leurs?|y|él|ella|ellos|este|esta|su|sus|ese|esa)\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"est-ce qu(?:e|')|Qu'est-ce que")
_GAP: Mapping[str, str] = {
    "en": "Complete this statement with what is missing: “{}”",
    "de": "Ergänzen Sie, was in dieser Aussage fehlt: „{}“",
    "fr": "Complétez ce qui manque dans cette affirmation : « {} »",
    "es": "Complete lo que falta en esta afirmación: «{}»",
    "it": "Completa ciò che manca in questa affermazione: «{}»",
    "pt": "Complete o que falta nesta afirmação: «{}»",
    "nl": "Vul aan wat in deze bewering ontbreekt: “{}”",
    "ru": "Дополните утверждение недостающим: «{}»",
    "zh": "请补全这句话中缺少的内容：“{}”",
    "ja": "次の文の空欄を埋めてください：「{}」",
    "ko": "다음 문장의 빈칸을 채우세요: “{}”",
    "ar": "أكمل ما ينقص هذه العبارة: «{}»",
    "hi": "इस कथन में छूटे हुए अंश को पूरा कीजिए: “{}”",
}
_BLANK = "____"


def questions(sentence: str, language: str, text: str = "") -> list[str]:
    """Questions the sentence answers, in its own language; empty where no turn is safe.

    What `text` says of other things of the same kind tells "der Kanal", any canal, from "der Rhein".
    """
    body, rule = sentence.rstrip(" .!"), _RULES.get(language)
    found = german.questions(body, text) if language == "de" else rule(body) if rule is not None else ()
    return [
        question
        for question in found
        if 3 <= len(question.split()) <= 28 and not _LEANING.search(_FORMULA.sub("", question))
    ]


def gap(sentence: str, language: str) -> str:
    """The sentence with its most telling part (a number, a name, its longest word) left open."""
    start, end = _telling_part(sentence, language)
    return _GAP.get(language, _GAP["en"]).format(f"{sentence[:start]}{_BLANK}{sentence[end:]}")


def _french(body: str) -> Iterator[str]:
    lead = re.match(rf"{_FR_TIME}, (?P<clause>[^;:]+)$", body)
    if lead is not None:
        yield _est_ce_que("Quand", lead["clause"].split(",")[0])
    inner = re.match(rf"(?P<before>[^,;:]+?) {_FR_TIME}(?P<after> (?:par|à|au|dans|sur|avec|pour)\b[^,;:]*)?$", body)
    if inner is not None and len(inner["before"].split()) > 3 and not re.search(_YEAR, inner["before"]):
        yield _est_ce_que("Quand", f"{inner['before']}{inner['after'] or ''}")
    reason = re.match(r"(?P<main>[^,;:]+?),? (?:parce que|parce qu'|parce qu’|car) .+", body)
    if reason is not None:
        yield _est_ce_que("Pourquoi", reason["main"])
    match = _FR_COUNT.match(body)
    if match is not None:
        of = "d'" if match["counted"][0] in "aeiouéèêh" else "de "
        yield f"Combien {of}{match['counted']} {match['verb']} {_elided(match['subject'])} ?"
    what = re.match(rf"(?P<subject>{_FR_NOUN}) (?:est|sont|était|étaient) (?:une?|le|la|les|des|l['’])\b", body)
    if what is not None:
        yield f"Qu'est-ce que {what['subject'][0].lower()}{what['subject'][1:]} ?"


_FR_NOUN = r"(?:Le|La|Les|L['’]|Une?)\s?[^\s,;:]+"
_FR_COUNT = re.compile(
    rf"(?P<subject>{_FR_NOUN}(?: (?:d[eu] |d['’])?[\w'’-]+){{0,3}}?) (?P<verb>mesure|compte|pèse|contient|possède) "
    r"(?:(?:environ|près de|plus de|quelque) )?\d[\d\s.,]*\s(?P<counted>[a-zéèêà]+s(?: de (?:haut|long|large))?)\b"
)


def _est_ce_que(word: str, clause: str) -> str:
    inside = _elided(clause)
    que = "qu'" if inside[0].lower() in "aeiouéèêîôœ" else "que "
    return f"{word} est-ce {que}{inside} ?"


def _spanish(body: str) -> Iterator[str]:
    lead = re.match(rf"{_ES_TIME},? (?P<clause>[^,;:]+)$", body)
    if lead is not None:
        yield f"¿En qué año {lead['clause']}?" if re.search(_YEAR, body) else f"¿Cuándo {lead['clause']}?"
    passive = re.match(
        rf"(?P<subject>[^,;:]+?) (?P<verb>fue|fueron|era|eran) (?P<rest>[^,;:]*?)\s?{_ES_TIME}(?P<after>[^,;:]*)$", body
    )
    if passive is not None and passive["rest"]:
        yield _spaced("¿Cuándo", passive["verb"], passive["rest"], _as_inside(passive["subject"]), passive["after"])


_RULES: Mapping[str, Callable[[str], Iterator[str]]] = {"fr": _french, "es": _spanish}


def _spaced(*parts: str) -> str:
    return " ".join(" ".join(parts).split()) + "?"


def _as_inside(subject: str) -> str:
    return subject[0].lower() + subject[1:] if re.match(r"(?:El|La|Los|Las|Un|Una)\b", subject) else subject


def _elided(clause: str) -> str:
    small = r"(?:Le|La|Les|L['’]|Un|Une|Des|Du|De|Chaque|Plusieurs|Certains|Certaines)"
    return clause[0].lower() + clause[1:] if re.match(small, clause) else clause


def _telling_part(sentence: str, language: str) -> tuple[int, int]:
    numbers = list(re.finditer(r"\d[\d.,   ]*\d|\d", sentence))
    if numbers:
        return max(numbers, key=lambda match: (len(match.group()) in (3, 4), match.start())).span()
    names = [m for m in re.finditer(r"(?<=\w )[A-ZÀ-ÞА-Я][\w'’-]{2,}", sentence) if language != "de"]
    words = names or list(re.finditer(r"[^\W\d_]{4,}", sentence)) or list(re.finditer(r"\w+", sentence))
    if len(sentence.split()) < 3:
        # A script without spaces: the last few characters before the full stop.
        return max(0, len(sentence) - 4), len(sentence) - 1
    return max(words, key=lambda match: (len(match.group()), match.start())).span()
