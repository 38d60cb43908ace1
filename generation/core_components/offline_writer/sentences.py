"""The sentences of a text that can stand alone as an answer, word for word."""

from __future__ import annotations

import re

from generation.core_components.languages import DEICTIC, language_of

_NOT_PROSE = re.compile(r"\s*(#{1,6}\s|\||```|~~~|<|!\[|[-=*_]{3,}\s*$)")
_LIST_MARK = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_END = re.compile(r"(?<=[.!?…])(?:[\"”’»)]*)\s+(?=[\"“«„(¿¡]?[^\W_a-zß-öø-ÿ])|(?<=[。！？])|(?<=[؟۔।])\s*")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Sir|vs|etc|No|pp?|vol|fig|ca?|approx|e\.g|i\.e|z\.\s?B|d\.\s?h|bzw|Jh|usw|"
    r"v\.\s?Chr|n\.\s?Chr|av\.\s?J|M|Mme|Sr|Sra)\.$"
)
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,2}\.$")
_LONGEST_ABBREVIATION = 12
_MARKUP = re.compile(r"https?:|www\.|[`|<>{}\[\]_*#\\]|\.\.\.|\s\.\s|\b(?:Figure|Table|Abbildung|Tabelle)\s\d")
_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"), ("„", "“"), ("[", "]"))
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]")


def sentences(text: str) -> list[str]:
    """Every sentence of the text's prose, with single spaces: headings, tables and code are left out."""
    ordinals = language_of(text) != "en"
    return [sentence for block in _blocks(text) for sentence in _split(block, ordinals=ordinals)]


def stands_alone(sentence: str, language: str) -> bool:
    """Whether the sentence is whole, plain prose of a fair length that does not lean on the one before."""
    words = sentence.split()
    dense = len(_WITHOUT_SPACES.findall(sentence))
    fair = 10 <= dense <= 140 if dense > len(sentence) / 3 else 6 <= len(words) <= 45 and len(sentence) >= 30
    if not fair or _MARKUP.search(sentence) or not sentence.rstrip('"”’»)').endswith((".", "!", "。", "！", "।", "۔")):
        return False
    first = re.sub(r"^\W+|\W+$", "", words[0]).lower()
    return not sentence[0].islower() and first not in DEICTIC.get(language, ()) and _balanced(sentence)


def squeezed(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def _blocks(text: str) -> list[str]:
    """Paragraphs and list items, each on one line."""
    blocks, current, fenced = list[str](), list[str](), False
    for line in [*text.split("\n"), ""]:
        fence = line.lstrip().startswith(("```", "~~~"))
        mark = None if fenced else _LIST_MARK.match(line)
        if fence or fenced or mark or not line.strip() or _NOT_PROSE.match(line):
            blocks.append(squeezed(" ".join(current)))
            current = []
        if not fence and not fenced and line.strip() and not _NOT_PROSE.match(line):
            current.append(line[mark.end() :] if mark else line)
        fenced ^= fence
    return [block for block in blocks if block]


def _split(block: str, *, ordinals: bool) -> list[str]:
    """The block's sentences; `ordinals` where "am 6. Juni" is written with a full stop."""
    found, start = list[str](), 0
    for match in _END.finditer(block):
        # Only the end is looked at: of a text full of initials, each would otherwise be read again and again.
        last = block[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start()]
        if not _ABBREVIATED.search(last) and not (ordinals and _ORDINAL.search(last)):
            found.append(block[start : match.end()].strip())
            start = match.end()
    return [sentence for sentence in [*found, block[start:].strip()] if sentence]


def _balanced(sentence: str) -> bool:
    even = sentence.count('"') % 2 == 0
    return even and all(sentence.count(opener) == sentence.count(closer) for opener, closer in _PAIRS if opener != "„")
