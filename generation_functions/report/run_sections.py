"""What only a run can tell, as sections of the page: its steps, its documents, its votes."""

from __future__ import annotations

from collections.abc import Sequence

from generation_functions.report.charts import Bar, bar_chart
from generation_functions.report.coverage import Coverage
from generation_functions.report.elements import beside, legend, section, table
from generation_functions.report.funnel import StepYield
from generation_functions.report.markup import Markup, Part, tag
from generation_functions.report.scale import counted, percent
from generation_functions.report.votes import OUTCOMES, Agreement

_DATASET = "dataset:"
_OUTCOME_COLOURS = ("c-2", "c-4", "c-1", "c-5")


def yield_section(steps: Sequence[StepYield]) -> Markup:
    """Where rows went, step by step."""
    title = "Where did rows go on the way?"
    lost = sum(step.dropped + step.failed for step in steps)
    answer = _answer_of_yield(steps, lost)
    bars = [
        Bar(
            step_name(step.step),
            (
                (max(0, step.given - step.dropped - step.failed), "c-0"),
                (step.dropped, "c-1"),
                (step.failed, "c-bad"),
            ),
            f"{step.given:,} in, {step.made:,} out",
        )
        for step in steps
    ]
    reasons = [
        (step_name(step.step), f"{reason.text} (failed)" if reason.failed else reason.text, f"{reason.rows:,}",
         percent(reason.rows, step.given))
        for step in steps
        for reason in step.reasons
    ]  # fmt: skip
    more = sum(step.more_reasons for step in steps)
    chart = bar_chart("yield", title, answer, bars, unit="rows that a step was given")
    colours = [("c-0", "went on"), ("c-1", "dropped"), ("c-bad", "failed")]
    return section(
        "yield",
        title,
        answer,
        beside(
            (chart, legend(colours)),
            table("Rows at each step", ("step", "in", "out", "dropped", "failed"), map(_step_row, steps),
                  numbers=(1, 2, 3, 4)),
            table("Why rows were lost", ("step", "reason", "rows", "of those given"), reasons, numbers=(2, 3))
            if reasons else None,
            tag("p", f"and {counted(more, 'rarer reason')}", class_="soft") if more else None,
        ),
    )  # fmt: skip


def _answer_of_yield(steps: Sequence[StepYield], lost: int) -> str:
    if not lost:
        return "No step dropped a row, and none failed."
    worst = max(steps, key=lambda step: step.dropped + step.failed)
    count = worst.dropped + worst.failed
    if count == lost:
        verb = "was" if lost == 1 else "were"
        return f"{counted(lost, 'row')} of {worst.given:,} {verb} lost at {worst.step}, and none anywhere else."
    return (
        f"{counted(lost, 'row')} were dropped or failed; most of them, {count:,} of {worst.given:,}, at {worst.step}."
    )


def _step_row(step: StepYield) -> tuple[str, ...]:
    return (step_name(step.step), *(f"{count:,}" for count in (step.given, step.made, step.dropped, step.failed)))


def step_name(step: str) -> str:
    """A step as people read it: what is written to a dataset is an arrow to its name."""
    return f"→ {step.removeprefix(_DATASET)}" if step.startswith(_DATASET) else step


def sources_section(coverage: Coverage, rows: int) -> Markup:
    """Which documents rows come from, and which gave none."""
    title = "Which documents are in it, and which gave nothing?"
    answer = _answer_of_sources(coverage)
    bars = [
        Bar(source.name, ((source.rows, "c-0"),), f"{counted(source.rows, 'row')}{_chunks(source.used, source.chunks)}")
        for source in coverage.largest
    ]
    parts: list[Part] = []
    if coverage.empty:
        left = coverage.empty_count - len(coverage.empty)
        parts.append(
            table("Documents that gave nothing", ("document", "why"), [(e.name, e.reason) for e in coverage.empty])
        )
        parts.append(tag("p", f"and {counted(left, 'other')}", class_="soft") if left else None)
    parts.append(
        table("Documents with most rows", ("document", "rows", "share"),
              [(s.name, f"{s.rows:,}", percent(s.rows, rows)) for s in coverage.largest], numbers=(1, 2))
    )  # fmt: skip
    if coverage.unnamed:
        parts.append(tag("p", f"{counted(coverage.unnamed, 'row')} name no document.", class_="soft"))
    chart = bar_chart("sources", title, answer, bars, unit="rows")
    return section("sources", title, answer, beside(chart, parts))


def _answer_of_sources(coverage: Coverage) -> str:
    giving = coverage.documents - coverage.empty_count
    told = f"{giving:,} of {counted(coverage.documents, 'document')} gave rows."
    if coverage.chunks:
        told += f" {coverage.chunks_used:,} of their {counted(coverage.chunks, 'chunk')} were used."
    return told


def _chunks(used: int, chunks: int) -> str:
    return f", {used:,} of {counted(chunks, 'chunk')} used" if chunks else ""


def votes_section(agreements: Sequence[Agreement]) -> Markup:
    """How far judges agreed."""
    title = "How sure were the judges?"
    several = sum(step.several for step in agreements)
    split = sum(step.outcomes[1] + step.outcomes[2] for step in agreements)
    answer = (
        f"Of {counted(several, 'vote')} with two ballots or more, {percent(split, several)} were not unanimous. "
        "A vote ends once its verdict cannot change, so ballots that might have disagreed were not all cast."
        if several
        else "Each vote was one ballot: there was nobody to disagree."
    )
    bars = [
        Bar(step.step, tuple(zip(step.outcomes, _OUTCOME_COLOURS, strict=True)), counted(step.rows, "row"))
        for step in agreements
    ]
    rows = [
        (step.step, *(f"{count:,}" for count in step.outcomes), f"{step.ballots:,}", f"{step.unreadable:,}")
        for step in agreements
    ]
    chart = bar_chart("votes", title, answer, bars, unit="rows that were voted on")
    head = ("step", "all yes", "split, passed", "split, lost", "all no", "ballots cast", "no verdict")
    return section(
        "votes", title, answer,
        beside((chart, legend(zip(_OUTCOME_COLOURS, OUTCOMES, strict=True))),
               table("Rows by how their vote went", head, rows, numbers=range(1, 7))),
    )  # fmt: skip
