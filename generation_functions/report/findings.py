"""What looks wrong in a dataset, told in sentences. Nothing is said where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generation_functions.report.figures import Figures, Finding, Level
from generation_functions.report.repetition import OPENING_WORDS, Openings
from generation_functions.report.scale import counted, percent

_LEAST_REPEATED = 5
_OPENING_SHARE, _PHRASE_SHARE = 0.05, 0.05
_DUPLICATE_SHARE = 0.02
_OVER_SHARE = 0.01
_ONE_SOURCE_SHARE = 0.5
_MANY_SOURCES = 4
_LOST_SHARE = 0.5
_SPLIT_SHARE = 0.3
_LEAST_VOTES = 20
_UNREADABLE_SHARE = 0.02
_RARE_LANGUAGE_SHARE = 0.05
_VARIED_FROM = 50
_ALIKE = 0.35


def findings_of(figures: Figures) -> tuple[Finding, ...]:
    """The findings, warnings first, otherwise in the order of the page."""
    found = [finding for look in _LOOKS for finding in look(figures)]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _whole(f: Figures) -> Iterator[Finding]:
    if not f.rows:
        yield Finding("warning", "There is no row to look at.", "read")
    if f.offline:
        which = "All rows were" if f.offline == f.rows else f"{_rows(f.offline)} of {f.rows:,} were"
        yield Finding(
            "warning", f"{which} written by offline rules, not by a model: a rehearsal, not training data.", "read"
        )
    if f.unreadable:
        yield Finding("warning", f"{counted(f.unreadable, 'line')} of the file could not be read as a row.", "read")
    if f.empty:
        yield Finding("warning", f"{_rows(f.empty)} held no text at all.", "lengths")
    if f.empty_answers:
        yield Finding("warning", f"{_rows(f.empty_answers)} had an empty answer.", "lengths")


def _run(f: Figures) -> Iterator[Finding]:
    if f.run is None:
        return
    if f.run.status not in ("succeeded", "partial"):
        yield Finding(
            "warning", f"The run is {f.run.status}: this is what it had written when the report was made.", "yield"
        )
    for step in f.run.funnel:
        if step.failed:
            yield Finding(
                "warning",
                f"{_rows(step.failed)} failed at {step.step}, {percent(step.failed, step.given)} of what it was given.",
                "yield",
            )
        if step.dropped > _LOST_SHARE * step.given and step.dropped >= _LEAST_REPEATED:
            yield Finding("note", f"{step.step} dropped {percent(step.dropped, step.given)} of its rows.", "yield")


def _votes(f: Figures) -> Iterator[Finding]:
    for step in f.run.agreements if f.run else ():
        split = step.outcomes[1] + step.outcomes[2]
        if step.several >= _LEAST_VOTES and split > _SPLIT_SHARE * step.several:
            yield Finding(
                "note",
                f"The judges of {step.step} disagreed on {percent(split, step.several)} of the rows they voted on.",
                "votes",
            )
        if step.unreadable > _UNREADABLE_SHARE * step.ballots:
            yield Finding(
                "warning",
                f"{percent(step.unreadable, step.ballots)} of the ballots of {step.step} gave no verdict.",
                "votes",
            )


def _lengths(f: Figures) -> Iterator[Finding]:
    over = f.lengths.over
    if over:
        level: Level = "warning" if over >= _OVER_SHARE * f.rows else "note"
        verb = "exceeds" if over == 1 else "exceed"
        yield Finding(level, f"{_rows(over)} ({percent(over, f.rows)}) {verb} {f.lengths.limit:,} tokens.", "lengths")


def _sources(f: Figures) -> Iterator[Finding]:
    if f.coverage is None:
        return
    if f.coverage.empty_count:
        yield Finding("warning", f"{counted(f.coverage.empty_count, 'document')} gave nothing.", "sources")
    first = f.coverage.largest[0] if f.coverage.largest else None
    if first and f.coverage.documents >= _MANY_SOURCES and first.rows > _ONE_SOURCE_SHARE * f.rows:
        yield Finding(
            "note", f"{percent(first.rows, f.rows)} of the rows come from one document, {first.name}.", "sources"
        )


def _duplicates(f: Figures) -> Iterator[Finding]:
    d = f.duplicates
    if d.identical:
        verb = "repeats" if d.identical == 1 else "repeat"
        yield Finding("warning", f"{_rows(d.identical)} {verb} another row word for word.", "duplicates")
    near = d.redundant - d.identical
    if near:
        level: Level = "warning" if near > _DUPLICATE_SHARE * d.rows else "note"
        verb = "is" if near == 1 else "are"
        yield Finding(level, f"{_rows(near)} {verb} nearly the same as another.", "duplicates")


def _repetition(f: Figures) -> Iterator[Finding]:
    for what, openings in (("questions", f.questions), ("answers", f.answers)):
        yield from _opening(what, openings)
    begun = {openings.commonest[0].words for openings in (f.questions, f.answers) if openings.commonest}
    # What rows begin with was told already.
    others = (each for each in f.phrases.commonest if not any(each.words.startswith(words) for words in begun))
    first = next(others, None)
    if first and first.rows >= max(_LEAST_REPEATED, _PHRASE_SHARE * f.phrases.rows):
        which = "" if f.phrases.rows == f.rows else f" of a sample of {f.phrases.rows:,}"
        yield Finding("note", f"{_rows(first.rows)}{which} hold the same words: “{first.words}”.", "repetition")


def _opening(what: str, openings: Openings) -> Iterator[Finding]:
    first = openings.commonest[0] if openings.commonest else None
    if first and first.rows >= max(_LEAST_REPEATED, _OPENING_SHARE * openings.rows):
        words = len(first.words.split())
        # A text of fewer words was counted whole.
        alike = "are the same" if words < OPENING_WORDS else f"begin with the same {OPENING_WORDS} words"
        yield Finding("note", f"{first.rows:,} {what} {alike}: “{first.words}”.", "repetition")


def _languages(f: Figures) -> Iterator[Finding]:
    rare = [(name, count) for name, count in f.languages.counts[1:] if count < _RARE_LANGUAGE_SHARE * f.rows]
    if rare and f.rows >= _LEAST_VOTES:
        names = ", ".join(f"{name} {count:,}" for name, count in rare[:4])
        more = f" and {len(rare) - 4} more" if len(rare) > 4 else ""
        yield Finding("note", f"A few rows are in another language or script: {names}{more}.", "languages")


def _diversity(f: Figures) -> Iterator[Finding]:
    if f.diversity.rows >= _VARIED_FROM and f.diversity.overall > _ALIKE:
        yield Finding(
            "note",
            f"Rows are much alike: two of them have a mean similarity of {f.diversity.overall:.2f}.",
            "diversity",
        )


def _contamination(f: Figures) -> Iterator[Finding]:
    c = f.contamination
    if c and c.rows:
        verb = "holds" if c.rows == 1 else "hold"
        yield Finding(
            "warning", f"{_rows(c.rows)} {verb} words of {counted(c.questions, 'held-out text')}.", "contamination"
        )


def _rows(count: int) -> str:
    return counted(count, "row")


_LOOKS: tuple[Callable[[Figures], Iterator[Finding]], ...] = (
    _whole, _run, _sources, _lengths, _duplicates, _repetition, _languages, _diversity, _votes, _contamination,
)  # fmt: skip
