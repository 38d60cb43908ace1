"""Questions that a German sentence answers, made by turning the sentence around, where the turn is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.core_components.offline_writer.sentences import squeezed

_YEAR = r"(?:1\d{3}|20\d\d)"
_TIME = (
    rf"(?:[Ii]m Jahre? {_YEAR}|{_YEAR}(?! [A-ZÄÖÜ])|[Ii]m Jahre? \d{{3}}|[Ii]m \d{{1,2}}\. Jahrhundert"
    rf"|[Uu]m (?:das Jahr )?{_YEAR}|[Aa]m \d{{1,2}}\. [A-Z][a-zä]+ {_YEAR})"
)
_STRONG_PAST = """
begann kam ging fand gab ließ erhielt schrieb nahm entstand starb erschien schuf gewann verlor brach fiel stieg sank
hielt zog trat wuchs beschloss verließ erfand bestand trug schlug rief fuhr übernahm
"""
_VERB = rf"(?:(?:{'|'.join(_STRONG_PAST.split())})(?:en)?|wurden?|war(?:en)?|ist|sind|[a-zäöüß]+ten?)\b"
_NO_VERB = r"(?!(?:heute|letzten?|ersten?|zweiten?|dritten?|alten?|späten?|gerade|bereits|nicht)\b)"
_AUXILIARY = r"(?:wurden?|war(?:en)?|hat(?:te)?|haben|ist|sind|konnten?|kann|können|muss|müssen)"
_CALLING = """
Kaiser Kaiserin König Königin Ingenieur Präsident Beamte Erfinder Physiker Physikerin Chemiker Chemikerin Forscher Arzt
Forscherin Astronom Mathematiker Architekt Dichter Dichterin Schriftsteller Philosoph Papst Mönch Kaufmann Drucker
"""
_PERSON = rf"(?:(?:(?:Der|Die) (?:[a-zäöüß]+ ){{0,3}})?(?:{'|'.join(_CALLING.split())}) )?"
_NAME = r"[A-ZÄÖÜ][\w'’.-]+(?: (?:[Vv]on|van|[Dd]e|[Dd]a|der|den|Große|I+\.|[A-ZÄÖÜ][\w'’-]+))+"
_DID = (
    r"(?!(?:gehör|dauer|reich|führ|bilde|koste|dien|erreich|grenz|wurd|hat|konn|muss|soll|woll)ten?\b)"
    r"(?:[a-zäöüß]+te|erhielt|schrieb|schuf|gewann|erfand|ließ|nahm|verlor|beschloss|übernahm|fand|schlug|gab|trug)\b"
)
_ADJECTIVE = (
    r"(?:Alt|Neu|Groß|Klein|Lang|Kurz|Hoh|Tief|Breit|Schmal|Jung|Schwarz|Weiß|Grün|Rot|Blau|Warm|Kalt|Heiß|Trocken|Frisch"
    r"|Rein|Reich|Arm|Stark|Schwach|Schnell|Langsam|Früh|Spät|Modern|Wichtig|Bekannt|Einig|Mehrer|Wenig|Best|Meist|Erst)"
    r"(?:e|er|es|en|em)"
)
_LITTLE = re.compile(
    rf"(?:Der|Die|Das|Den|Dem|Des|Ein|Eine|Einen|Viele|Alle|Jede|Jeder|Jedes|Manche|Im|In|Auf|Für|Am|Bei|Zwei|Drei|{_ADJECTIVE})\b"
)

_LEAD = re.compile(rf"{_TIME} {_NO_VERB}(?P<verb>{_VERB}) (?P<subject>)(?P<after>[^,;:]+)$")
_INNER = re.compile(
    rf"(?P<subject>(?!{_TIME})[^,;:\d]{{3,70}}?) {_NO_VERB}(?P<verb>{_VERB}) {_TIME}(?P<after>(?: [^,;:]+)?)$"
)
_REASON = re.compile(rf"(?P<subject>[^,;:]{{3,70}}?) (?P<verb>{_AUXILIARY}) (?P<rest>[^,;:]+), weil ")
_MEASURE = re.compile(
    r"(?P<subject>[^,;:\d]{3,70}?) (?P<verb>ist|sind|war|waren) (?:[\wäöü]+ ){0,5}?\d[\d.,]* \w+ "
    r"(?P<adjective>lang|hoch|tief|breit|alt|groß|schwer|dick|weit)$"
)
_SUBSTANCE = re.compile(r"(?P<subject>[^,;:]{3,60}?) (?P<verb>besteht|bestehen) (?:\w+ ){0,5}?aus ")
_DEFINITION = re.compile(
    r"(?P<subject>(?:(?:Der|Die|Das|Ein|Eine) )?[^\s,;:]+) (?P<verb>ist|sind|war|waren) (?:ein|eine|der|die|das) "
)
_DEED = re.compile(
    rf"(?P<subject>{_PERSON}(?!(?:Der|Die|Das|Den|Dem|Des|Eine?|{_ADJECTIVE}) ){_NAME}) "
    rf"{_NO_VERB}(?P<verb>{_DID}) (?P<rest>[^,;:]+)$"
)
_GENERAL = """
Stadt Ort Dorf Land Fluss See Berg Insel Brücke Turm Kirche Hafen Straße Bahn Strecke Anlage Gebäude Haus Schloss Burg
Museum Schule Universität Firma Unternehmen Gesellschaft Verein Partei Gesetz Vertrag Krieg Schlacht Buch Werk Film Bild
Roman Maschine Gerät Verfahren Methode Stoff Projekt Programm System Gruppe Schiff Zug Wagen Tier Pflanze Bau Kanal
"""
_BARE = re.compile(r"\b(?:der|die|das|den|dem) (?P<noun>[A-ZÄÖÜ][a-zäöüß]{2,})(?! (?:de[sr]|von|[A-ZÄÖÜ]))(?!\w)")
_SECOND_PREDICATE = re.compile(r" und (?=[a-zäöü])")


def questions(body: str, text: str) -> Iterator[str]:
    """Every question the sentence is known to answer; `body` has no full stop. `text` tells what stands alone."""
    for question in _turned(body):
        if not _is_vague(question, text):
            yield question


def _turned(body: str) -> Iterator[str]:
    yield from _when(body)
    match = _REASON.match(body)
    if match is not None and not _SECOND_PREDICATE.search(match["rest"]):
        yield _question("Warum", match["verb"], _inside(match["subject"]), match["rest"])
    match = _MEASURE.match(body)
    if match is not None:
        yield _question("Wie", match["adjective"], match["verb"], _inside(match["subject"]))
    match = _SUBSTANCE.match(body)
    if match is not None:
        yield _question("Woraus", match["verb"], _inside(match["subject"]))
    match = _DEFINITION.match(body)
    if match is not None:
        yield _question("Was", match["verb"], _inside(match["subject"]))
    match = _DEED.match(body)
    if match is not None and not _SECOND_PREDICATE.search(match["rest"]):
        yield _question("Wer", match["verb"], match["rest"])


def _when(body: str) -> Iterator[str]:
    for rule in (_LEAD, _INNER):
        match = rule.match(body)
        # The verb of a sentence comes after a noun: "nutzten den Hafen nur selten 1850" has an adverb there.
        after_noun = match is not None and (not match["subject"] or match["subject"].split(" ")[-1][0].isupper())
        if match is not None and after_noun and not re.search(_YEAR, match["after"]):
            after = _SECOND_PREDICATE.split(match["after"])[0]
            yield _question("Wann", match["verb"], _inside(match["subject"] or ""), after)


def _is_vague(question: str, text: str) -> bool:
    """Whether it asks about "der Kanal", any canal, as if it had been spoken of, and names nothing before it."""
    bare = _BARE.search(question)
    if bare is None or re.search(r" [A-ZÄÖÜ]", question[: bare.start()]):
        return False
    if bare["noun"] in _GENERAL.split():
        return True
    stem = re.escape(bare["noun"][:24])
    return (
        re.search(rf"\b(?:[Ee]in(?:e[mnrs]?)?|[Kk]eine?|[Jj]ede[rs]?|[Vv]iele|[Aa]lle|mehrere) (?:\w+ )?{stem}", text)
        is not None
    )


def _question(*parts: str) -> str:
    return f"{squeezed(' '.join(parts))}?"


def _inside(subject: str) -> str:
    return subject[0].lower() + subject[1:] if _LITTLE.match(subject) else subject
