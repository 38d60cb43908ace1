"""A source's rows in the mixture's format: read once to weigh and draw them, once more to take them."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from generation.core_pipelines.mix_datasets.conversation_changes import Changes
from generation.core_pipelines.mix_datasets.sources import Source
from generation.core_pipelines.mix_datasets.spoken import Spoken
from generation_functions.datasets import (
    FORMATS,
    Conversion,
    Format,
    can_convert,
    detect_format,
    format_named,
    read_rows,
)
from generation_functions.datasets.conversion import no_way
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens
from generation_functions.rows import content_key

NOT_TEXT = frozenset({"metadata", "role", "from", "type", "id"})


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a mixture to be: its content, where it stood (from 1), and the key that draws and places it.

    against  why it cannot be drawn, if so: it is in a language that its source leaves out
    """

    content: dict[str, Any]
    row: int
    key: str
    against: str | None = None


@dataclass
class Pool:
    """A source's rows. After `weigh`, `draws` and `tokens` hold a number for each that can be drawn, and memory nothing
    else of it but `spoken`."""

    source: Source
    target: Format
    changes: Changes
    seed: int
    form: Format = field(init=False)
    spoken: Spoken = field(init=False)
    draws: array[int] = field(default_factory=lambda: array("Q"))
    tokens: array[int] = field(default_factory=lambda: array("Q"))
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        said = self.source.form
        self.form = detect_format(self.source.file) if said == "auto" else format_named(said)
        self.spoken = Spoken(self.source.languages, self.target)
        if not can_convert(self.form, self.target):
            raise no_way(self.form, self.target)
        if self.changes.any and not (_chat(self.form) and can_convert(FORMATS["messages"], self.target)):
            raise ConfigError(
                f"{self.source.label}: system prompts and thoughts can be changed in conversations alone, and these"
                f" rows go from {self.form.name} to {self.target.name}",
                hint="mix them without those changes",
            )

    def weigh(self) -> None:
        """Read the rows once, and keep what is needed to draw among them. Rows without such a form, and rows in a
        language that is not wanted, are left out."""
        conversions = self._conversions()
        offline = 0
        for item in self._read(conversions):
            if self.spoken.against(item.content) is not None:
                continue
            offline += item.content["metadata"].get("writer") == "offline"
            self.draws.append(int(content_key(self.seed, "draw", self.source.label, item.key)[:16], 16))
            self.tokens.append(tokens_of(item.content))
        self.notes = [note for told in (*conversions, self.spoken) for note in told.notes()]
        if offline:
            self.notes.append(f"{offline:,} rows were written by rules, for trying out and not for training")

    def items(self) -> Iterator[Item]:
        """The rows once more, in the order that they were weighed in, with why one cannot be drawn."""
        for item, against in zip(self._read(self._conversions()), self.spoken.again(), strict=False):
            yield item if against is None else replace(item, against=against)

    def _conversions(self) -> list[Conversion]:
        chat = FORMATS["messages"]
        if not self.changes.any:
            return [Conversion(self.target, self.form, skip=True)]
        return [Conversion(chat, self.form, skip=True), Conversion(self.target, chat, skip=True)]

    def _read(self, conversions: list[Conversion]) -> Iterator[Item]:
        seen: Counter[str] = Counter()
        for number, row in enumerate(read_rows(self.source.file), start=1):
            for content in self._forms(row, conversions):
                found = content_key(content)
                seen[found] += 1
                key = content_key("mix", self.source.label, found, seen[found])
                yield Item(self._signed(content, number), number, key)

    def _forms(self, row: Mapping[str, Any], conversions: list[Conversion]) -> Iterator[dict[str, Any]]:
        for fields in conversions[0].rows_of(row):
            if len(conversions) == 1:
                yield fields
            else:
                changed = {**fields, "messages": self.changes.made_to(fields["messages"], self.seed)}
                yield from conversions[1].rows_of(changed)

    def _signed(self, content: dict[str, Any], number: int) -> dict[str, Any]:
        """The row with where it came from, beside what it said of that itself. One out of a mixture says the whole way,
        as `source/source of that`."""
        own = content.get("metadata")
        known = dict(own) if isinstance(own, Mapping) else {} if own is None else {"original": own}
        mixed = isinstance(known.get("from"), str) and "row" in known
        origin = {"from": f"{self.source.label}/{known['from']}" if mixed else self.source.label, "row": number}
        document = known.get("document", known.get("source"))
        if isinstance(document, str):
            origin["document"] = document
        return {**content, "metadata": {"source": self.source.label, **known, **origin}}


def _chat(form: Format) -> bool:
    return can_convert(form, FORMATS["messages"])


def tokens_of(content: Mapping[str, Any]) -> int:
    """The estimated tokens of a row's texts; names of roles and what stands in its metadata are not among them."""
    return estimate_tokens("\n".join(_texts(content)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name not in NOT_TEXT:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
