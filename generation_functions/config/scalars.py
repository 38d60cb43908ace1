"""What a plain scalar means: YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema).

YAML 1.1, which PyYAML follows, reads `1e-5` as text, `12:30` as 750 and `no` as false. Here only `true` and `false` are
truth values, `1e-5` is a number, and times and dates are text.
"""

from __future__ import annotations

import re

from generation_functions.config.tree import Scalar

NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
INT = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
FLOAT = re.compile(
    r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)

LONGEST_INT = 4300
"""Digits Python turns into a number without being asked twice."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises `ValueError` for a whole number of absurd length."""
    if NULL.match(text):
        return None
    if BOOL.match(text):
        return text[0] in "tT"
    if INT.match(text):
        return _whole(text)
    if FLOAT.match(text):
        return _real(text)
    return text


def _whole(text: str) -> int:
    if len(text) > LONGEST_INT:
        raise ValueError(f"a number of {len(text)} digits")
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)


def _real(text: str) -> float:
    folded = text.lower()
    return float(folded.replace(".inf", "inf").replace(".nan", "nan"))


TAGGED = {
    "tag:yaml.org,2002:str": None,
    "tag:yaml.org,2002:null": NULL,
    "tag:yaml.org,2002:bool": BOOL,
    "tag:yaml.org,2002:int": INT,
    "tag:yaml.org,2002:float": FLOAT,
}
"""YAML's own tags for scalars, and what the text under each must look like."""


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with one of YAML's own tags. Raises `ValueError` where the text is no such thing."""
    pattern = TAGGED[tag]
    if pattern is None:
        return text
    kind = tag.rpartition(":")[2]
    if not pattern.match(text) and not (kind == "float" and INT.match(text)):
        raise ValueError(f"'{text}' is no {kind}")
    return _real(text) if kind == "float" else resolve(text)
