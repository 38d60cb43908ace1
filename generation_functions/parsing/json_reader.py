"""A reader of JSON as models write it: forgiving of form, strict about content."""

from __future__ import annotations

import math
import re

from generation_functions.rows import Json

DEEPEST = 64

_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.])", re.ASCII)
_WORD = re.compile(r"[^\W\d][\w$-]*")
_PLAIN = {quote: re.compile(rf"[^\\{quote}]+") for quote in "\"'"}
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "/": "/"}


class JsonTrouble(Exception):
    """What is wrong with a text as JSON, and where. `fatal` when it is JSON, but must not be read."""

    def __init__(self, message: str, position: int, start: int = 0, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.position = position
        self.start = start
        self.fatal = fatal


class JsonReader:
    """Reads one value of `text` from `at` on; afterwards `at` is where it ended. Raises `JsonTrouble`."""

    def __init__(self, text: str, at: int = 0, *, allow_truncated: bool = False) -> None:
        self.text = text
        self.at = self.start = at
        self.allow_truncated = allow_truncated
        self._depth = 0

    def value(self) -> Json:
        """The value at `at`."""
        self._skip_blank()
        character = self.text[self.at : self.at + 1]
        if character == "{":
            return self._object()
        if character == "[":
            return self._list()
        if character and character in "\"'":
            return self._string()
        return self._scalar()

    def _object(self) -> dict[str, Json]:
        found: dict[str, Json] = {}
        self._enter()
        while not self._left("}"):
            position, key = self.at, self._key()
            if key in found:
                raise JsonTrouble(f"the key {key!r} twice in one object", position, self.start, fatal=True)
            self._skip_blank()
            self._expect(":", f"a colon after the key {key!r}")
            found[key] = self.value()
            self._separate("}")
        return found

    def _list(self) -> list[Json]:
        found: list[Json] = []
        self._enter()
        while not self._left("]"):
            found.append(self.value())
            self._separate("]")
        return found

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise JsonTrouble(f"nesting deeper than {DEEPEST}", self.at, self.start, fatal=True)
        self.at += 1

    def _left(self, closer: str) -> bool:
        """Whether the container ends here."""
        self._skip_blank()
        ended = self.at >= len(self.text) and self.allow_truncated
        if not ended and not self.text.startswith(closer, self.at):
            return False
        self.at += not ended
        self._depth -= 1
        return True

    def _separate(self, closer: str) -> None:
        self._skip_blank()
        if self.text.startswith(",", self.at):
            self.at += 1
        elif not self.text.startswith(closer, self.at) and not (self.allow_truncated and self.at >= len(self.text)):
            raise self._unexpected(f"a comma or {closer}")

    def _key(self) -> str:
        if self.text.startswith(('"', "'"), self.at):
            return self._string()
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self._unexpected("a key")
        self.at = match.end()
        return match.group()

    def _string(self) -> str:
        quote, pieces = self.text[self.at], list[str]()
        self.at += 1
        while True:
            plain = _PLAIN[quote].match(self.text, self.at)
            if plain is not None:
                pieces.append(plain.group())
                self.at = plain.end()
            if self.at >= len(self.text):
                raise JsonTrouble("a string that is cut short", self.at, self.start)
            if self.text[self.at] == quote:
                self.at += 1
                return "".join(pieces)
            pieces.append(self._escape())

    def _escape(self) -> str:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter == "u":
            return self._unicode_escape()
        self.at += 1 + len(letter)
        # A backslash that escapes nothing was meant as one: models write \alpha for \\alpha.
        return _ESCAPES.get(letter, f"\\{letter}")

    def _unicode_escape(self) -> str:
        units = re.compile(r"(?:\\u[0-9a-fA-F]{4})+").match(self.text, self.at)
        if units is None:
            raise JsonTrouble("a broken \\u escape", self.at, self.start)
        self.at = units.end()
        hexadecimal = units.group().replace("\\u", "")
        return bytes.fromhex(hexadecimal).decode("utf-16-be", "replace")

    def _scalar(self) -> Json:
        number = _NUMBER.match(self.text, self.at)
        if number is not None:
            return self._number(number)
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise self._unexpected("a value")
        if word.group() in ("NaN", "Infinity", "nan", "inf"):
            raise JsonTrouble(f"{word.group()}, which JSON does not have", self.at, self.start, fatal=True)
        if word.group() not in _WORDS:
            raise self._unexpected("a value")
        self.at = word.end()
        return _WORDS[word.group()]

    def _number(self, match: re.Match[str]) -> int | float:
        self.at = match.end()
        if not match.group(1) and not match.group(2):
            return int(match.group())
        value = float(match.group())
        if not math.isfinite(value):
            raise JsonTrouble(f"the number {match.group()}, which is too large", match.start(), self.start, fatal=True)
        return value

    def _skip_blank(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank is not None else self.at

    def _expect(self, token: str, what: str) -> None:
        if not self.text.startswith(token, self.at):
            raise self._unexpected(what)
        self.at += len(token)

    def _unexpected(self, expected: str) -> JsonTrouble:
        found = repr(self.text[self.at : self.at + 12]) if self.at < len(self.text) else "the end"
        line = self.text.count("\n", 0, self.at) + 1
        return JsonTrouble(f"{found} on line {line} in place of {expected}", self.at, self.start)
