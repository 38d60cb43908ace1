"""`${NAME}` and `!!PLACEHOLDER!!` may stand bare anywhere in a config, but YAML has its own plans for `{`, `}` and `!`.

Before reading, the characters YAML would trip over are swapped, one for one, for private-use characters nobody types;
after reading they are swapped back. Lines and columns stay what they were.
"""

from __future__ import annotations

import re

from generation_functions.config.tree import PLACEHOLDER

_OPEN, _CLOSE, _BANG = "\U0010fff1", "\U0010fff2", "\U0010fff3"
_REFERENCE = re.compile(r"\$\{([^\s{}\[\],#:\"']*)\}")
_HIDDEN_REFERENCE = re.compile(f"\\${_OPEN}([^{_CLOSE}]*){_CLOSE}")
_HIDDEN_PLACEHOLDER = PLACEHOLDER.replace("!", _BANG)


def hide_marks(text: str) -> str:
    """The text with references and placeholders made harmless to YAML."""
    return _REFERENCE.sub(rf"${_OPEN}\1{_CLOSE}", text.replace(PLACEHOLDER, _HIDDEN_PLACEHOLDER))


def show_marks(text: str) -> str:
    """The text as it was written."""
    return _HIDDEN_REFERENCE.sub(r"${\1}", text).replace(_HIDDEN_PLACEHOLDER, PLACEHOLDER)
