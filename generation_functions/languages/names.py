"""Languages by their English names, as configs and people say them, and the codes that detection gives."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = """
af Afrikaans|ar Arabic|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|cs Czech|cy Welsh|da Danish|de German
el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|fa Farsi|fi Finnish|fr French|ga Irish
gl Galician|gu Gujarati|he Hebrew|hi Hindi|hr Croatian|hu Hungarian|hy Armenian|id Indonesian|is Icelandic|it Italian
ja Japanese|ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean|la Latin|lt Lithuanian|lv Latvian|mk Macedonian
ml Malayalam|mr Marathi|ms Malay|ne Nepali|nl Dutch|no Norwegian|pa Punjabi|pl Polish|pt Portuguese|ro Romanian
ru Russian|sk Slovak|sl Slovenian|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|th Thai|tl Filipino
tr Turkish|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese|yi Yiddish|zh Chinese|zh Mandarin
"""

CODES: Mapping[str, str] = {
    name.lower(): code for each in _NAMES.replace("\n", "|").strip("|").split("|") for code, name in [each.split(" ")]
}

NAMES: Mapping[str, str] = {code: name.capitalize() for name, code in reversed(list(CODES.items()))}
"""The English name of each code."""


def language_code(name: str) -> str | None:
    """The code of a language by its English name ("German", "Brazilian Portuguese", "de"), or None."""
    words = name.lower().replace("(", " ").replace(")", " ").replace("-", " ").split()
    return next((CODES[word] for word in reversed(words) if word in CODES), name if name in NAMES else None)
