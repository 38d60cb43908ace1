"""What a model would answer at each step, as far as rules can: they know no language, and mark what was translated.

Every vowel gets an accent, so that it can be seen which texts went through; the way back takes the accents off and
changes a word here and there, since no translation comes back word for word.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_components.conversations.passages import read_transcript, transcript
from generation.core_components.offline_writer.rewording import accented, translated_back

Values = Mapping[str, Any]


def translate(values: Values, rng: Random) -> str:
    """The passages with accents."""
    return transcript({name: accented(text) for name, text in read_transcript(values["transcript"]).items()})


def translate_back(values: Values, rng: Random) -> str:
    """The passages without accents, in slightly other words."""
    passages = read_transcript(values["translation"])
    return transcript({name: translated_back(text, rng) for name, text in passages.items()})
