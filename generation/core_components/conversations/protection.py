"""What no rewriting may touch, taken out of texts and put back afterwards: code, links, addresses, formulas, slots.

A mark such as ⟦1⟧ stands in the place of each; equal pieces of one conversation have one mark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Pieces: TypeAlias = list[str]

_PROTECTED = re.compile(
    r"""```.*?(?:```|\Z)                                  # fenced code
      | ~~~.*?(?:~~~|\Z)
      | ``[^\n]+?`` | `[^`\n]+`                           # code in a line
      | \$\$.{1,1000}?\$\$ | \\[\[(].{1,1000}?\\[\])]   # formulas
      | https?://[^\s<>"'`)\]}]*[^\s<>"'`)\]}.,;:!?]      # links
      | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+  # addresses of mail
      | \{\{[^{}\n]+\}\} | \{\w+\} | %\(\w+\)s            # slots of templates
      | <\/?[A-Za-z][\w:-]*(?:\s[^<>\n]*)?\/?>            # markup
      | ⟦\d+⟧""",
    re.VERBOSE | re.DOTALL,
)
_MARK = re.compile(r"⟦(\d+)⟧")


def protected(texts: Mapping[str, str], *, keep: Sequence[str] = ()) -> tuple[dict[str, str], Pieces]:
    """The texts with marks in the place of what is protected, and the pieces that the marks stand for.

    `keep` are words to protect as well, such as the names of products.
    """
    pieces: Pieces = []
    terms = "|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in sorted(keep, key=len, reverse=True))

    def mark(match: re.Match[str]) -> str:
        if match.group() not in pieces:
            pieces.append(match.group())
        return f"⟦{pieces.index(match.group()) + 1}⟧"

    marked = {name: _PROTECTED.sub(mark, text) for name, text in texts.items()}
    return ({name: re.sub(terms, mark, text) for name, text in marked.items()} if terms else marked), pieces


def restored(texts: Mapping[str, str], pieces: Sequence[str]) -> dict[str, str]:
    """The texts with the pieces back in their places. A mark that stands for nothing stays."""

    def piece(match: re.Match[str]) -> str:
        number = int(match[1])
        return pieces[number - 1] if 0 < number <= len(pieces) else match.group()

    return {name: _MARK.sub(piece, text) for name, text in texts.items()}


def lost_marks(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """What is wrong with the marks of a rewriting: each must stand in its passage as often as before."""
    for name, text in before.items():
        wanted, found = Counter(_MARK.findall(text)), Counter(_MARK.findall(after.get(name, "")))
        wrong = sorted((wanted - found) + (found - wanted), key=int)
        if wrong:
            mark, times = f"⟦{wrong[0]}⟧", wanted[wrong[0]]
            return f"<{name}> must have the mark {mark} {times} times, and has it {found[wrong[0]]} times."
    return None


def without_marks(text: str) -> str:
    """The text with its marks taken out."""
    return _MARK.sub(" ", text)
