"""How many tokens a text is, told without a tokenizer: for chunking, for limits, and where usage is not reported.

Each character costs a fraction of a token by its class, so the estimate is fast (tens of megabytes a second), never
falls when text is added, and adds up: `estimate(a) + estimate(b)` is `estimate(a + b)` or one more.

The costs were fitted to the mean of two present-day vocabularies (o200k and DeepSeek-V3's) over prose, interface texts
of ninety languages, and code. Error against that mean: English prose and source code within 6 %, the large languages of
the Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Chinese, Japanese and Korean scripts within 15 %, most others
within 25 % and then mostly too low: a language that no vocabulary was made for (Welsh, Mongolian, Odia) takes up to
twice the estimate. Older vocabularies need up to twice as many tokens outside the Latin script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from generation_functions.models.exchange import Messages

_LETTER: Final = 251
"""Cost of a small Latin letter. All costs are thousandths of a token for one character."""

_SECOND_BYTES: Final = range(0x80, 0xC0)


def _costs() -> dict[int, int]:
    """The cost of a character by the first byte of its UTF-8 form."""
    ranges = [
        (0x00, 0x20, 250),  # line breaks, tabs, controls
        (0x20, 0x21, 30),  # the space: nearly always part of the next word's token
        (0x21, 0x30, 616),  # punctuation and symbols
        (0x30, 0x3A, 533),  # digits
        (0x3A, 0x41, 616),
        (0x41, 0x5B, 615),  # capitals
        (0x5B, 0x61, 616),
        (0x61, 0x7B, _LETTER),
        (0x7B, 0x80, 616),
        (0xC2, 0xC3, 1000),  # « » § and the like
        (0xC3, 0xCB, 1300),  # Latin letters with marks: they split words
        (0xCB, 0xCD, 1200),  # phonetic letters, combining marks
        (0xCD, 0xD0, 480),  # Greek
        (0xD0, 0xD4, 370),  # Cyrillic
        (0xD4, 0xD7, 550),  # Armenian
        (0xD7, 0xD8, 600),  # Hebrew
        (0xD8, 0xDC, 430),  # Arabic, Persian
        (0xDC, 0xE0, 1200),  # Syriac, Thaana, N'Ko
        (0xE0, 0xE1, 580),  # the scripts of India; Thai and Lao below
        (0xE1, 0xE2, 700),  # Georgian, Khmer, Burmese; Latin letters of Vietnamese
        (0xE2, 0xE3, 1000),  # dashes, curly quotes, arrows
        (0xE3, 0xE4, 720),  # kana and CJK punctuation
        (0xE4, 0xEA, 760),  # CJK ideographs
        (0xEA, 0xEE, 740),  # Hangul
        (0xEE, 0xF0, 1000),  # full-width forms, private use
        (0xF0, 0xF8, 2500),  # emoji, rare ideographs
    ]
    return {byte: cost for first, end, cost in ranges for byte in range(first, end)}


_THAI: Final = 440
_COST: Final = _costs()
_CLASSES: Final = sorted(set(_COST.values()) - {_LETTER})
# Most bytes of most texts are small Latin letters, or cost nothing: taken out first, they need not be looked at again.
_LEFT_OUT: Final = bytes(byte for byte in range(256) if byte in _SECOND_BYTES or _COST.get(byte, _LETTER) == _LETTER)
# Every other first byte becomes the number of its cost.
_CLASS_OF: Final = bytes(
    _CLASSES.index(cost) if (cost := _COST.get(byte, _LETTER)) != _LETTER else 255 for byte in range(256)
)
_OFTEN_FIRST: Final = (30, 616, 615, 250, 533, 370, 760, 430, 580, 740, 720)
_BY_CLASS: Final = [
    (bytes([_CLASSES.index(cost)]), cost)
    for cost in sorted(_CLASSES, key=lambda cost: _OFTEN_FIRST.index(cost) if cost in _OFTEN_FIRST else 99)
]


_PER_MESSAGE: Final = 4
"""Tokens that a chat template spends on a message's role and ends."""


def estimate_tokens(text: str) -> int:
    """The number of tokens of a text, rounded up; 0 only for the empty text."""
    if text.isascii():
        data = text.encode("ascii")
        classes = data.translate(_CLASS_OF, _LEFT_OUT)
        cost = (len(data) - len(classes)) * _LETTER
    else:
        data = text.encode("utf-8", "surrogatepass")
        classes = data.translate(_CLASS_OF, _LEFT_OUT)
        cost = _cost_beyond_ascii(text, data, classes)
    left = len(classes)
    for number, each in _BY_CLASS:
        if not left:
            break
        found = classes.count(number)
        cost += found * each
        left -= found
    return -(-cost // 1000)


def prompt_tokens(prompt: Messages | str) -> int:
    """Estimate of a prompt's tokens; parts that are no text count nothing."""
    if isinstance(prompt, str):
        return estimate_tokens(prompt)
    return sum(_PER_MESSAGE + _content_tokens(message.get("content")) for message in prompt)


def _cost_beyond_ascii(text: str, data: bytes, classes: bytes) -> int:
    """The cost of the letters, which are no class; less what Thai and Lao, whose first byte the scripts of India have
    too, need fewer tokens."""
    cost = (len(text) - len(classes)) * _LETTER  # a character has one first byte, and what is no class is a letter
    if b"\xe0" not in data:
        return cost
    thai = sum(data.count(pair) for pair in (b"\xe0\xb8", b"\xe0\xb9", b"\xe0\xba", b"\xe0\xbb"))
    return cost - thai * (_COST[0xE0] - _THAI)


def _content_tokens(content: Any) -> int:
    if isinstance(content, str):
        return estimate_tokens(content)
    parts = content if isinstance(content, list) else []
    return sum(estimate_tokens(part["text"]) for part in parts if isinstance(part, dict) and "text" in part)
