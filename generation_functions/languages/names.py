"""Languages by their English names, as configs and people say them, and the codes that detection gives.

Every code that it can give has a name.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = """
aa Afar|ab Abkhazian|af Afrikaans|ak Akan|am Amharic|ar Arabic|as Assamese|ay Aymara|az Azerbaijani|ba Bashkir
be Belarusian|bg Bulgarian|bh Bihari|bi Bislama|bn Bengali|bo Tibetan|br Breton|bs Bosnian|ca Catalan|co Corsican
cs Czech|cy Welsh|da Danish|de German|dv Dhivehi|dz Dzongkha|el Greek|en English|eo Esperanto|es Spanish|et Estonian
eu Basque|fa Persian|fa Farsi|fi Finnish|fj Fijian|fo Faroese|fr French|fy Frisian|ga Irish|gd Gaelic|gl Galician
gn Guarani|gu Gujarati|gv Manx|ha Hausa|he Hebrew|hi Hindi|hr Croatian|ht Haitian|hu Hungarian|hy Armenian
ia Interlingua|id Indonesian|ie Interlingue|ig Igbo|ik Inupiak|is Icelandic|it Italian|iu Inuktitut|ja Japanese
jv Javanese|ka Georgian|kk Kazakh|kl Greenlandic|km Khmer|kn Kannada|ko Korean|ks Kashmiri|ku Kurdish|ky Kyrgyz|la Latin
lb Luxembourgish|lg Ganda|ln Lingala|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|mi Maori|mk Macedonian|ml Malayalam
mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|na Nauruan|ne Nepali|nl Dutch|nn Nynorsk|no Norwegian|nr Ndebele
ny Nyanja|oc Occitan|om Oromo|or Odia|pa Punjabi|pl Polish|ps Pashto|pt Portuguese|qu Quechua|rm Romansh|rn Rundi
ro Romanian|ru Russian|rw Kinyarwanda|sa Sanskrit|sd Sindhi|sg Sango|si Sinhala|sk Slovak|sl Slovenian|sm Samoan
sn Shona|so Somali|sq Albanian|sr Serbian|ss Swazi|st Sotho|su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu
tg Tajik|th Thai|ti Tigrinya|tk Turkmen|tl Filipino|tn Tswana|to Tongan|tr Turkish|ts Tsonga|tt Tatar|ug Uyghur
uk Ukrainian|ur Urdu|uz Uzbek|ve Venda|vi Vietnamese|vo Volapük|wo Wolof|xh Xhosa|yi Yiddish|yo Yoruba|za Zhuang
zh Chinese|zh Mandarin|zu Zulu
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
