"""A question as somebody would ask it, without what a model writes after it."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"\n[ \t>*_#-]*(?:answer|reason|reasoning|explanation|sources?|notes?"
    r"|antwort|begründung|erklärung|quellen?|réponse|respuesta)"
    r"[ \t]*\d*[ \t*_]*[:：].*\Z",
    re.IGNORECASE | re.DOTALL,
)
_ASKED = re.compile(r"[?？؟][\"'”’»)*_]*\Z")


def only_the_question(text: str) -> str:
    """The question without an answer, a reason or sources on lines of their own, and without a remark about it."""
    asked = _LABEL.sub("", text).strip()
    first, _, _ = asked.partition("\n\n")
    return first.strip() if _ASKED.search(first.strip()) else asked
