"""Questions that an English sentence answers, made by turning the sentence around.

Only safe turns are made, and a question that leans on anything outside itself (a pronoun, "this") is not asked. The
answer is always the whole sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from generation.core_components.offline_writer.english_clauses import Clause, main_clause, take_apart
from generation.core_components.offline_writer.english_soundness import is_sound, is_vague
from generation.core_components.offline_writer.english_verbs import PAST_OF_PARTICIPLE


class Asked(NamedTuple):
    """A question and how good its kind is: higher is better."""

    question: str
    worth: int


_BE = ("is", "are", "was", "were")
_DO = ("do", "does", "did")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_ORDINAL = r"(?:\w+teenth|\w+th|twenty-first|first|second|third|\d+(?:st|nd|rd|th))"
_PERIOD = rf"(?:the\s)?(?:(?:early|mid|late|middle|end)[\s-])?(?:{_ORDINAL}\scentury|\d{{3,4}}s)"
_DAY_OR_YEAR = rf"(?:AD\s)?(?:(?:\d{{1,2}}\s)?{_MONTH}\s)?\d{{3,4}}\b"
_ROUGHLY = r"(?:about|around|the\syear|or\sabout)"
TIME = re.compile(
    r"(?<!from\s)(?<!since\s)(?<!until\s)(?<!by\s)(?<!to\s)"
    rf"\b(?:(?:in|on|during)\s(?:{_ROUGHLY}\s)*(?:{_PERIOD}|{_DAY_OR_YEAR})"
    rf"|(?:about|around)\s(?:{_PERIOD}|{_MONTH}\s\d{{4}}|1\d{{3}}|20\d\d)\b"
    r"|between\s1\d{3}\sand\s(?:1\d{3}|20\d\d))"
    r"(?:\s(?:BC|BCE|AD|CE)\b)?(?!\s?[-–]\d|,\d|\s(?:people|per|million|k?m\b|[a-z]+s\b))",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:(?:about|around|nearly|roughly|some|only|over|almost|up\sto|more\sthan|fewer\sthan|less\sthan|at\sleast)\s)*"
    r"(?:between\s)?(?:\d[\d,.]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|a\shundred)(?:\s(?:and|to|or)\s[\d,.]*\d)?"
    r"(?:\s(?:hundred|thousand|million|billion))?"
)
_PREPOSITION = (
    r"(?:in|on|at|of|from|to|into|with|for|by|as|during|after|before|between|through|over|under|per|each|every|a|and"
    r"|than|that|until|across|along|within|near|around|inside|above|below)"
)
_COUNTED = re.compile(
    rf"{_NUMBER}\s(?P<noun>(?:(?!{_PREPOSITION}\b)[a-z-]+\s){{0,2}}(?!{_PREPOSITION}\b)(?:[a-z-]+s|people|feet|men)"
    rf"(?:\sof(?:(?:\s(?!{_PREPOSITION}\b)[a-z]+){{1,2}}|(?:\sthe)?\s[A-Z][a-z]+))?)(?P<after>\s{_PREPOSITION}\b.*)?$"
)
_SPAN = r"(?:second|minute|hour|day|week|month|year|centurie)s"
_LASTING = re.compile(rf"(?P<verb>\w+)\s(?:for\s)?{_NUMBER}\s{_SPAN}(?:\sand\s{_NUMBER}\s{_SPAN})?(?P<after>\s.*)?$")
_MEASURED = re.compile(rf"{_NUMBER}\s[a-z]+\s(?P<adjective>long|high|tall|wide|deep|old|thick|broad)(?P<after>\s.*)?$")
_SUBSTANCE = re.compile(r"(?:\w+ly\s)?(?:made|produced|extracted|composed|built|brewed)\s(?:from|of|out of)(?=\s)")
_PLACE = re.compile(
    r"\s(?:in|at|near)\s(?:(?:northern|southern|eastern|western|central|the)\s){0,2}"
    r"(?:(?:tomb|city|town|port|village|province|mouth|museum|library|palace)\sof\s.+|"
    r"(?P<name>[A-Z][\w'’-]+(?:\s(?:of\s)?[A-Z][\w'’-]+)*))$"
)
_NO_PLACE = re.compile(
    rf"English|Latin|Greek|French|German|Italian|Arabic|Spanish|Chinese|Dutch|Hebrew|Parliament|{_MONTH}"
)
_BY_AGENT = re.compile(r"(?P<participle>\w+)\b(?P<middle>.*?)\sby\s(?P<agent>(?:the\s)?[A-Z][^,]*?)$")
_NAME = re.compile(r"[A-Z][\w'’.-]+(?:\s(?:of|de|van|von|da|the|[A-Z][\w'’.-]*))+")
_NOT_PERSON = re.compile(
    r"\b(?:Canal|River|Seas?|Ocean|Company|Museum|University|Bridge|Bay|Islands?|Act|Empire|Dynasty|Street|Railway|Kingdom"
    r"|City|Lake|Mount|Bible|Society|States|Union|Church|House|Palace|Tower|Valley|Strait|Channel|War|Republic|Army|Navy"
    r"|Press|Lighthouse|Book|Parliament|Moon|Sun|Earth)\b"
)
_PERSON = re.compile(
    r"\b(?:engineer|inventor|physicist|king|queen|monk|printer|emperor|chemist|naturalist|scientist|astronomer|merchant"
    r"|mathematician|beekeeper|biologist|zoologist|architect|writer|poet|philosopher|doctor|physician|goldsmith|botanist"
    r"|glassmaker|scholar|clergyman|pastor|craftsman|entomologist|surveyor|farmer)\b"
)
_TAKES_OBJECT = re.compile(
    r"(?:contain|need|use|produce|carry|require|collect|cover|include|measure|cause|build|invent|publish|provide|absorb"
    r"|protect|prevent|introduce|discover|bring|lay|send|receive|drink|import|export|remove|attract|need)\b"
)
_LIST = re.compile(r"(?P<first>[^,]+), [^,]+(?:, [^,]+)*,? and [^,]+$")
_ANOTHER_PLACE = re.compile(r"\s(?:in|at|on|near)\s(?:the\s)?[A-Z]")
_KNOWN_BY_NAME = re.compile(r"(?:one\sof|the\s(?:\S+est\b|most|largest|second-|first|last|only))")
_ACTS_ON_THINGS = re.compile(
    r"(?:absorb|attract|carrie|cause|connect|control|convert|cover|destroy|drive|form|give|guide|hold|increase|"
    r"lower|make|measure|prevent|produce|protect|provide|reduce|remove|separate|show|slow|split|stimulate|support|"
    r"surround|turn|weaken)s"
)


def questions(sentence: str, text: str) -> list[Asked]:
    """Every question the sentence is known to answer, best first. `text` tells names from ordinary words."""
    body = sentence.rstrip(" .!")
    found = [*_when(body, text), *_why(body, text)]
    clause = take_apart(main_clause(body), text)
    if clause is not None:
        found += [asked for rule in _RULES for asked in rule(clause)]
    found = [a for a in found if is_sound(a.question) and not is_vague(a.question) and not _cuts_list(a.question, body)]
    sound = {a.question: a for a in found}
    return sorted(sound.values(), key=lambda asked: -asked.worth)


def _cuts_list(question: str, body: str) -> bool:
    """Whether the question ends with the first of several things that the sentence names."""
    listed = _LIST.match(body)
    return listed is not None and question.rstrip("?").endswith(listed["first"].rsplit(" ", 1)[-1])


def _when(body: str, text: str) -> Iterator[Asked]:
    lead = re.match(rf"(?:{TIME.pattern}),?\s(?P<clause>.+)", body, re.IGNORECASE)
    head = main_clause(lead.group("clause") if lead is not None else body)
    clause, times = take_apart(head, text), TIME.findall(head)
    if clause is None or len(times) != (lead is None) or (times and times[0] not in clause.rest):
        return
    rest = clause.rest.replace(times[0], "", 1) if times else clause.rest
    if len(rest.split()) + len(clause.subject.split()) > 2:
        yield Asked(clause.asked("When", rest), 10)


def _why(body: str, text: str) -> Iterator[Asked]:
    main, because, _ = body.partition(" because ")
    clause = take_apart(main, text) if because and "," not in main else None
    if clause is not None:
        yield Asked(clause.asked("Why", clause.rest), 11)


def _who_by(clause: Clause) -> Iterator[Asked]:
    match = _BY_AGENT.match(TIME.sub("", clause.rest).strip()) if clause.auxiliary in ("was", "were") else None
    if match is None or match["participle"] not in PAST_OF_PARTICIPLE or _NOT_PERSON.search(match["agent"]):
        return
    yield Asked(f"Who {PAST_OF_PARTICIPLE[match['participle']]} {clause.subject}{match['middle']}?", 10)


def _who(clause: Clause) -> Iterator[Asked]:
    """Who did it: only for a subject that is written like a person's name."""
    if clause.auxiliary != "did" or not _NAME.fullmatch(clause.subject) or _NOT_PERSON.search(clause.subject):
        return
    deed = clause.rest.split(" ", 1)[1]
    if len(deed.split()) > 1 and not re.match(r"(?:to|from|in|into|on|at|for|with|by)\b", deed):
        yield Asked(f"Who {clause.verb} {deed}?", 9)


def _how_measured(clause: Clause) -> Iterator[Asked]:
    match = _MEASURED.match(clause.rest) if clause.auxiliary in _BE else None
    if match is not None:
        yield Asked(clause.asked(f"How {match['adjective']}", re.sub(r"^\sand\b.*", "", match["after"] or "")), 10)


def _how_long(clause: Clause) -> Iterator[Asked]:
    match = _LASTING.match(clause.rest) if clause.auxiliary in _DO else None
    if match is not None and match["verb"] in ("live", "last", "take", "survive", "remain", "stay"):
        yield Asked(clause.asked("How long", f"{match['verb']}{match['after'] or ''}"), 10)


def _how_many(clause: Clause) -> Iterator[Asked]:
    verb, _, complement = clause.rest.partition(" ")
    match = _COUNTED.match(complement) if clause.auxiliary in (*_DO, "can", "could", "must", "will") else None
    if match is not None and not re.search(r"\b(?:centur|year|month|week|day|hour|minute|second|time)", match["noun"]):
        after = re.sub(r"^\sand\b.*", "", match["after"] or "")
        yield Asked(clause.asked(f"How many {match['noun']}", f"{verb}{after}"), 10)


def _what_made_of(clause: Clause) -> Iterator[Asked]:
    match = _SUBSTANCE.match(clause.rest) if clause.auxiliary in _BE else None
    if match is not None:
        yield Asked(clause.asked("What", match.group()), 9)


def _where(clause: Clause) -> Iterator[Asked]:
    match = _PLACE.search(TIME.sub("", clause.rest).rstrip())
    if match is None or _NO_PLACE.search(match["name"] or ""):
        return
    rest = TIME.sub("", clause.rest)[: match.start()]
    if _ANOTHER_PLACE.search(rest) or re.match(r"(?:an?|the)\s", rest):
        return
    if len(rest.split()) >= (1 if clause.auxiliary in ("was", "were") else 2) and clause.auxiliary != "is":
        yield Asked(clause.asked("Where", rest), 8)


def _what_is(clause: Clause) -> Iterator[Asked]:
    measured = _MEASURED.match(clause.rest)
    if clause.auxiliary not in _BE or measured or not re.match(rf"(?:a|an|the|one\sof|{_NUMBER})\s", clause.rest):
        return
    name = clause.subject[0].isupper() and " " not in clause.subject
    if len(clause.subject.split()) <= 7 and not (name and _KNOWN_BY_NAME.match(clause.rest)):
        person = clause.subject[0].isupper() and _PERSON.search(clause.rest) is not None
        yield Asked(clause.asked("Who" if person else "What", ""), 7)


def _what(clause: Clause) -> Iterator[Asked]:
    verb, _, complement = clause.rest.partition(" ")
    match = re.match(
        rf"(?:(?:an?|the)\s)?(?:(?!{_PREPOSITION}\b)\S+(?:\s|$))+(?P<after>(?:from|into|during|in)\s.*)?$", complement
    )
    if clause.auxiliary in _DO and _TAKES_OBJECT.fullmatch(verb) and match is not None:
        after = match["after"] or ""
        if after or clause.auxiliary != "did":
            yield Asked(clause.asked("What", f"{verb} {after}"), 6 if after else 5)


def _what_does(clause: Clause) -> Iterator[Asked]:
    """What does it: "Cobalt gives glass a deep blue colour", for a thing that acts on another."""
    if clause.subject[0].islower() and _ACTS_ON_THINGS.fullmatch(clause.verb) and len(clause.rest.split()) > 2:
        yield Asked(f"What {clause.verb} {clause.rest.split(' ', 1)[1]}?", 6)


_RULES: tuple[Callable[[Clause], Iterator[Asked]], ...] = (
    _who_by,
    _who,
    _how_measured,
    _how_long,
    _how_many,
    _what_made_of,
    _where,
    _what_is,
    _what,
    _what_does,
)
