"""From one format into another: through the families they belong to, with a tally of what was lost on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from generation_functions.datasets.form import Family, Fields, Format, beside, without_repeats
from generation_functions.datasets.formats import FORMATS, format_of
from generation_functions.datasets.pairing import UNPAIRED, Pairing
from generation_functions.datasets.trees import as_message, branch_of, branches, ranked_answers
from generation_functions.datasets.turns import LABELS, LOST_TURNS, message, text_of, turns_of
from generation_functions.errors import ConfigError
from generation_functions.rows import Json


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one row: rows, and what they lost; or no row, and the reason why it is left out."""

    rows: tuple[Fields, ...]
    lost: tuple[str, ...] = ()
    left_out: str | None = None


Way: TypeAlias = Callable[[Mapping[str, Json]], Converted]


def conversation_to_text(row: Mapping[str, Json]) -> Converted:
    """All turns below their roles' names."""
    rest, lost = beside(row, ("messages",), ("text",))
    turns, more = turns_of(row["messages"])
    text = "\n\n".join(f"{LABELS[role]}: {text}" for role, text in turns)
    return Converted(({"text": text, **rest},), without_repeats([*lost, *more, LOST_TURNS]))


def conversation_to_segments(row: Mapping[str, Json]) -> Converted:
    """A segment for each turn; the assistant's are trained on, but for those with `train: false` or `weight: 0`."""
    rest, lost = beside(row, ("messages",), ("segments",))
    turns, more = turns_of(row["messages"])
    lost += [loss for loss in more if loss not in ("the message field `train`", "the message field `weight`")]
    segments = []
    for (role, text), each in zip(turns, row["messages"], strict=True):
        trained = role == "assistant" and each.get("train") is not False and each.get("weight") != 0
        lost += [f"a `weight` of {each['weight']}"] if each.get("weight") not in (None, 0, 1) else []
        opening, closing = f"{LABELS[role]}: ", "\n\n"
        segments += [{"text": opening, "label": False}, {"text": f"{text}{closing}", "label": trained}]
    return Converted(({"segments": segments, **rest},), without_repeats([*lost, LOST_TURNS]))


def conversation_to_tree(row: Mapping[str, Json]) -> Converted:
    """A tree of one branch; the system prompt stands beside it as `system`."""
    rest, lost = beside(row, ("messages",), ("prompt", "system"))
    messages = list(row["messages"])
    system: Fields = {}
    if messages[0]["role"] == "system":
        system["system"] = text_of(1, messages[0], lost)
        lost += [f"the message field `{name}`" for name in messages[0] if name not in ("role", "content")]
        messages = messages[1:]
    if not messages or messages[0]["role"] != "user":
        raise ConfigError("the conversation does not begin with the user", hint="a tree begins with a prompt")
    return Converted(({"prompt": branch_of(messages, lost), **system, **rest},), without_repeats(lost))


def tree_to_conversations(row: Mapping[str, Json]) -> Converted:
    """A conversation for each branch, up to its last answer."""
    system, rest, lost = _beside_tree(row)
    found: list[Fields] = []
    for path in branches(row["prompt"]):
        answered = path[:-1] if path[-1]["role"] == "prompter" else path
        lost += ["prompts that nobody answered"] if answered != path else []
        conversation = {"messages": [*system, *(as_message(node, lost) for node in answered)], **rest}
        if answered and conversation not in found:
            found.append(conversation)
    lost += ["which branches had the same beginning"] if len(found) > 1 else []
    reason = None if found else "nobody answered the tree's prompt"
    return Converted(tuple(found), without_repeats(lost), reason)


def tree_to_preferences(row: Mapping[str, Json]) -> Converted:
    """The best answer to each prompt against each other one that people ranked."""
    system, rest, lost = _beside_tree(row)
    found = [
        {
            "prompt": [*system, *(as_message(node, lost) for node in path)],
            "chosen": [as_message(answers[0], lost)],
            "rejected": [as_message(worse, lost)],
            **rest,
        }
        for path, answers in ranked_answers(row["prompt"])
        for worse in answers[1:]
        if worse["rank"] != answers[0]["rank"]
    ]
    lost += ["what stands below an answer, and answers without a rank"]
    return Converted(tuple(found), without_repeats(lost), None if found else "no prompt of the tree has ranked answers")


def _beside_tree(row: Mapping[str, Json]) -> tuple[list[Fields], Fields, list[str]]:
    has_system = isinstance(row.get("system"), str)
    system = [message("system", row["system"])] if has_system else []
    names = ("messages", "chosen", "rejected")
    return system, *beside(row, ("prompt", "system") if has_system else ("prompt",), names)


def preference_to_conversation(row: Mapping[str, Json]) -> Converted:
    """The prompt with the better answer."""
    rest, lost = beside(row, ("prompt", "chosen", "rejected"), ("messages",))
    return Converted(({"messages": [*row["prompt"], *row["chosen"]], **rest},), (*lost, "the rejected answer"))


def preference_to_labelled(row: Mapping[str, Json]) -> Converted:
    """Two rows: the better answer is labelled true, the other false."""
    rest, lost = beside(row, ("prompt", "chosen", "rejected"), ("completion", "label"))
    verdicts = ((row["chosen"], True), (row["rejected"], False))
    rows = tuple({"prompt": row["prompt"], "completion": each, "label": label, **rest} for each, label in verdicts)
    return Converted(rows, (*lost, "which two answers were a pair"))


def labelled_to_conversation(row: Mapping[str, Json]) -> Converted:
    """The prompt with its answer, where that is a good one."""
    rest, lost = beside(row, ("prompt", "completion", "label"), ("messages",))
    if not row["label"]:
        return Converted((), (), "its answer is labelled false")
    return Converted(({"messages": [*row["prompt"], *row["completion"]], **rest},), (*lost, "the label"))


def text_to_segments(row: Mapping[str, Json]) -> Converted:
    """One segment, trained on."""
    rest, lost = beside(row, ("text",), ("segments",))
    return Converted(({"segments": [{"text": row["text"], "label": True}], **rest},), tuple(lost))


def segments_to_text(row: Mapping[str, Json]) -> Converted:
    """All segments, one after the other."""
    rest, lost = beside(row, ("segments",), ("text",))
    segments = row["segments"]
    masked = any(not segment["label"] for segment in segments)
    lost += ["which segments are trained on"] if masked else []
    lost += ["where a segment ends"] if len(segments) > 1 else []
    lost += [f"the segment field `{name}`" for each in segments for name in each if name not in ("text", "label")]
    return Converted(({"text": "".join(each["text"] for each in segments), **rest},), without_repeats(lost))


def classification_to_text(row: Mapping[str, Json]) -> Converted:
    """The text."""
    return Converted((beside(row, ("label",), ())[0],), ("the label",))


WAYS: dict[tuple[Family, Family], Way] = {
    ("conversation", "text"): conversation_to_text,
    ("conversation", "segments"): conversation_to_segments,
    ("conversation", "tree"): conversation_to_tree,
    ("tree", "conversation"): tree_to_conversations,
    ("tree", "preference"): tree_to_preferences,
    ("preference", "conversation"): preference_to_conversation,
    ("preference", "labelled"): preference_to_labelled,
    ("labelled", "conversation"): labelled_to_conversation,
    ("text", "segments"): text_to_segments,
    ("segments", "text"): segments_to_text,
    ("classification", "text"): classification_to_text,
}
"""From family to family in one go; further ones are reached over others."""


@lru_cache
def ways(source: Family, target: Format) -> tuple[Way, ...] | None:
    """The shortest chain of ways from a family to one that a format takes; None where there is none."""
    goals = {target.family, *target.also}
    chains: dict[Family, tuple[Way, ...]] = {source: ()}
    waiting = [source]
    for family in waiting:
        if family in goals:
            return chains[family]
        through = family != "tree" or family == source  # a tree made of one conversation has no branches to choose from
        for (start, end), way in WAYS.items():
            if through and start == family and end not in chains:
                chains[end] = (*chains[family], way)
                waiting.append(end)
    return None


def can_convert(source: Format, target: Format) -> bool:
    """Whether a row of one format has a form in another by itself."""
    return ways(source.family, target) is not None


def can_pair(source: Format, target: Format) -> bool:
    """Whether rows of one format have a form in another two by two: single answers with a verdict, in pairs."""
    return source.family == "labelled" and target.family == "preference"


def convert(row: Mapping[str, Json], source: Format, target: Format) -> Converted:
    """One row of a format in another. Raises `ConfigError` for a row that does not fit the one or the other."""
    if source is target:
        source.read(row)
        return Converted((dict(row),))
    representation = source.read(row)
    family: Family = "text" if "text" in source.also and "messages" not in representation else source.family
    chain = ways(family, target)
    if chain is None:
        raise no_way(source, target)
    found = Converted((representation,))
    for way in chain:
        found = _each(found, way)
    spelled = [target.spell(fields) for fields in found.rows]
    lost = without_repeats([*found.lost, *(loss for each in spelled for loss in each.lost)])
    return Converted(tuple(each.fields for each in spelled), lost, found.left_out)


def no_way(source: Format, target: Format) -> ConfigError:
    """Rows of one format that have no form in another."""
    possible = [name for name, form in FORMATS.items() if can_convert(source, form) or can_pair(source, form)]
    return ConfigError(
        f"rows of the format {source.name} have no form in {target.name}", hint=f"they can be: {', '.join(possible)}"
    )


def _each(before: Converted, way: Way) -> Converted:
    made = [way(fields) for fields in before.rows]
    lost = without_repeats([*before.lost, *(loss for each in made for loss in each.lost)])
    rows = tuple(fields for each in made for fields in each.rows)
    reason = next((each.left_out for each in made if each.left_out), None)
    return Converted(rows, lost, before.left_out or (reason if not rows else None))


@dataclass
class Conversion:
    """Rows on their way into one format, and the tally of what they lost.

    source    the format the rows are in; without it each is what it looks like, and a row that looks like no format,
              or a row written as messages that is no conversation, stays as it is
    skip      leave out rows that have no form in the format, and count them, instead of raising
    expected  losses that whoever asked for the format knows of: no note tells them
    """

    target: Format
    source: Format | None = None
    skip: bool = False
    expected: tuple[str, ...] = ()
    seen: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    pairing: Pairing = field(default_factory=Pairing)

    def rows_of(self, row: Mapping[str, Json]) -> tuple[Fields, ...]:
        """The row in the format: usually one row, none where it is left out or waits for its other half.

        Raises `ConfigError`.
        """
        self.seen += 1
        try:
            made = self._converted(row)
        except ConfigError as exc:
            if not self.skip:
                raise
            made = Converted((), (), exc.problems[0].message)
        if made.lost:
            self.lost.update(made.lost)
        if not made.rows and made.left_out != UNPAIRED:
            self.left_out[made.left_out or "nothing is left of it"] += 1
        return made.rows

    def _converted(self, row: Mapping[str, Json]) -> Converted:
        source = self.source or format_of(row)
        if source is not None and can_pair(source, self.target):
            return self._paired(source.read(row))
        if self.source is not None:
            return convert(row, self.source, self.target)
        if self.target.name == "messages" and "messages" not in row:
            return Converted((dict(row),))
        return convert(row, source or FORMATS["messages"], self.target)

    def _paired(self, row: Fields) -> Converted:
        found = self.pairing.pair(row)
        if found is None:
            return Converted((), (), UNPAIRED)
        spelled = self.target.spell(found[0])
        return Converted((spelled.fields,), without_repeats([*found[1], *spelled.lost]))

    def notes(self) -> list[str]:
        """What was lost, and in how many of the rows."""
        of = f"of {self.seen:,} row{'' if self.seen == 1 else 's'}"
        lost = [f"{count:,} {of} lost {what}" for what, count in _ranked(self.lost) if what not in self.expected]
        left_out = self.left_out + Counter({UNPAIRED: self.pairing.left})
        return lost + [f"{count:,} {of} left out: {why}" for why, count in _ranked(left_out)]


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
