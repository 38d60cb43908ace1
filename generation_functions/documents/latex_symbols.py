"""LaTeX's names for characters, and its accents."""

from __future__ import annotations

import unicodedata

_SYMBOLS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ",
    "S": "§", "P": "¶", "copyright": "©", "texttrademark": "™", "textregistered": "®", "pounds": "£", "euro": "€",
    "texteuro": "€", "textdegree": "°", "degree": "°", "textbackslash": "\\", "textasciitilde": "~", "textbar": "|",
    "textasciicircum": "^", "textless": "<", "textgreater": ">", "textbullet": "•", "textperiodcentered": "·",
    "LaTeX": "LaTeX", "TeX": "TeX", "quad": " ", "qquad": " ", "newline": "\n", "linebreak": "\n", "guillemotleft": "«",
    "guillemotright": "»", "slash": "/", "today": "", "textunderscore": "_", "textmu": "µ", "dag": "†", "ddag": "‡",
}  # fmt: skip

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "b": "\u0331",
    "d": "\u0323",
}  # fmt: skip


def symbol(name: str) -> str:
    """The character a command stands for; nothing for commands that stand for none."""
    return _SYMBOLS.get(name, "")


def accented(accent: str, text: str) -> str:
    """The letter with its accent, as one character where there is one."""
    letter = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1])
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent]) + text[1:] if letter else ""
