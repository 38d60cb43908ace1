"""What the rows themselves tell, as sections of the page."""

from __future__ import annotations

from collections.abc import Sequence

from generation_functions.duplicates.words import WORDS_TOGETHER
from generation_functions.report.charts import NO_GROUP, Bar, Dot, bar_chart, group_colour, histogram_chart, map_chart
from generation_functions.report.contamination import LENGTH, Contamination
from generation_functions.report.diversity import Diversity, Topic
from generation_functions.report.elements import beside, legend, section, table
from generation_functions.report.figures import Quoted
from generation_functions.report.languages import Languages
from generation_functions.report.lengths import Lengths
from generation_functions.report.markup import Markup, Part, tag
from generation_functions.report.near_duplicates import Duplicates
from generation_functions.report.repetition import OPENING_WORDS, PHRASE_WORDS, Openings, Phrases, Repeated
from generation_functions.report.scale import counted, percent

_BARS = 10
_ESTIMATED = (
    "Tokens are estimated without a tokenizer. A row counts all that is said in it, system prompts too; what a chat "
    "template adds is not counted."
)


def lengths_section(lengths: Lengths) -> Markup:
    """Do the rows fit the context?"""
    title = f"Do the rows fit into {lengths.limit:,} tokens?"
    rows = lengths.rows
    if lengths.over:
        over = counted(lengths.over, "row")
        answer = f"{percent(lengths.over, rows.count)} do not: {over}. The longest has {rows.most:,}."
    else:
        answer = f"All do. The longest has {rows.most:,}, half have {rows.median:,} or fewer."
    chart = histogram_chart(
        "lengths", title, answer, lengths.histogram, x_name="tokens of a row", y_name="rows", limit=lengths.limit
    )
    spreads = [("whole rows", lengths.rows), ("questions", lengths.questions), ("answers", lengths.answers)]
    figures = [
        (name, *(f"{value:,}" for value in (s.least, s.median, s.p90, s.p99, s.most)), f"{s.total:,}")
        for name, s in spreads
        if s.count
    ]
    head = ("", "least", "half", "90 %", "99 %", "most", "sum")
    beyond = lengths.histogram.beyond
    return section(
        "lengths", title, answer,
        beside(
            chart,
            table("Tokens: this many or fewer have …", head, figures, numbers=range(1, 7)),
            tag("p", _ESTIMATED, class_="soft"),
            tag("p", f"The last bar stands for {counted(beyond, 'row')} much longer than the rest.", class_="soft")
            if beyond else None,
        ),
    )  # fmt: skip


def duplicates_section(found: Duplicates, quoted: Sequence[Sequence[Quoted]], rows: int) -> Markup:
    """Which rows say the same?"""
    title = "Which rows say nearly the same?"
    told = f"None of {counted(found.rows, 'row')} is like another."
    if found.redundant:
        told = (
            f"{counted(found.redundant, 'row')} ({percent(found.redundant, found.rows)}) could go without a loss: "
            f"{counted(found.cluster_count, 'cluster')} of rows that share {percent(found.threshold, 1)} or more of "
            f"their runs of {WORDS_TOGETHER} words. Word for word the same: {found.identical:,}."
        )
    parts: list[Part] = []
    if found.clusters:
        bars = [
            Bar(texts[0].text if texts else "", ((cluster.size, "c-1"),), counted(cluster.size, "row"))
            for cluster, texts in zip(found.clusters[:_BARS], quoted, strict=False)
        ]
        examples = [
            (f"{cluster.size:,}", [tag("div", f"{q.number:,}: {q.text}", dir="auto") for q in texts])
            for cluster, texts in zip(found.clusters, quoted, strict=False)
        ]
        chart = bar_chart("duplicates", title, told, bars, unit="rows in a cluster")
        examples_table = table("The largest clusters, with their first rows", ("rows", "row and words"), examples)
        parts.append(beside(chart, examples_table))
    return section("duplicates", title, told, parts, _looked_at(found.rows, rows))


def repetition_section(questions: Openings, answers: Openings, phrases: Phrases, rows: int) -> Markup:
    """Do rows begin alike, or repeat phrases?"""
    title = "Do rows begin alike, or repeat themselves?"
    parts: list[Part] = []
    for name, what, openings in (("questions", "questions", questions), ("answers", "answers", answers)):
        if openings.commonest:
            caption = f"How do {what} begin?"
            told = f"{openings.distinct:,} different first {OPENING_WORDS} words in {counted(openings.rows, 'row')}."
            parts += [tag("h3", caption), tag("p", told), _repeated(f"openings-{name}", caption, told, openings)]
    if phrases.commonest:
        told = (
            f"Runs of {PHRASE_WORDS} words or more in what is trained on, grown as far as they are shared, in"
            f" {counted(phrases.rows, 'row')}."
        )
        caption = "Which phrases come again and again?"
        parts += [tag("h3", caption), tag("p", told), _repeated("phrases", caption, told, phrases)]
        parts.append(_looked_at(phrases.rows, rows))
    return section("repetition", title, _answer_of_repetition(questions, answers, phrases), parts)


def _answer_of_repetition(questions: Openings, answers: Openings, phrases: Phrases) -> str:
    said = []
    for what, openings in (("questions", questions), ("answers", answers)):
        if openings.commonest:
            first = openings.commonest[0]
            said.append(f"The commonest beginning of {what} stands in {percent(first.rows, openings.rows)} of them.")
    if phrases.commonest:
        said.append(f"The commonest phrase stands in {percent(phrases.commonest[0].rows, phrases.rows)} of the rows.")
    return " ".join(said) or "No two rows begin alike, and no phrase stands in three rows."


def _repeated(name: str, title: str, description: str, found: Openings | Phrases) -> Markup:
    bars = [Bar(each.words, ((each.rows, "c-0"),), f"{each.rows:,}") for each in found.commonest[:_BARS]]
    chart = bar_chart(name, title, description, bars, unit="rows")
    return beside(
        chart, table("In words", ("words", "rows", "share"), _shares(found.commonest, found.rows), numbers=(1, 2))
    )


def _shares(found: Sequence[Repeated], rows: int) -> list[tuple[Part, ...]]:
    return [(tag("span", r.words, dir="auto"), f"{r.rows:,}", percent(r.rows, rows)) for r in found]


def languages_section(languages: Languages) -> Markup:
    """Which languages are there?"""
    title = "Which languages are the rows in?"
    first, count = languages.counts[0] if languages.counts else ("none", 0)
    share = percent(count, languages.rows)
    kinds = len(languages.counts)
    answer = f"All in {first}." if kinds == 1 else f"Most in {first}, {share}; {kinds} kinds in all."
    if languages.named < languages.rows:
        answer += " Where a row does not name its language, it is told from its words, or from its letters alone."
    bars = [Bar(name, ((rows, "c-0"),), f"{rows:,}") for name, rows in languages.counts[:12]]
    chart = bar_chart("languages", title, answer, bars, unit="rows")
    rows = [(name, f"{rows:,}", percent(rows, languages.rows)) for name, rows in languages.counts[:30]]
    shares = table("Rows by language or script", ("language", "rows", "share"), rows, numbers=(1, 2))
    return section("languages", title, answer, beside(chart, shares))


def diversity_section(diversity: Diversity, rows: int) -> Markup:
    """How varied are the rows?"""
    title = "How varied are the rows?"
    answer = (
        f"Two rows have a mean similarity of {diversity.overall:.2f}; the median row and the row nearest to it, "
        f"{diversity.nearest:.2f}. 0 is nothing in common, 1 the same telling words."
    )
    groups_of = [at if topic.words else NO_GROUP for at, topic in enumerate(diversity.topics)]
    dots = [Dot(p.x, p.y, groups_of[p.topic], f"row {p.index + 1:,}: {p.words}") for p in diversity.points]
    names = [" · ".join(topic.words[:2]) for topic in diversity.topics]
    chart = map_chart("diversity", title, answer, dots, names)
    groups = [
        (_topic_name(topic), f"{topic.rows:,}", percent(topic.rows, diversity.rows)) for topic in diversity.topics
    ]
    keys = legend(
        [(group_colour(at), _topic_name(topic)) for at, topic in zip(groups_of, diversity.topics, strict=True)]
    )
    explained = (
        "Each mark is a row; point at it to read it. Rows near one another use the same telling words. How far apart "
        "groups lie means nothing, and neither do up and down. One dense clump, or a topic with most of the rows, is "
        "a dataset that says one thing many times."
    )
    return section(
        "diversity", title, answer,
        beside((chart, keys),
               table("What the rows are about", ("telling words", "rows", "share"), groups, numbers=(1, 2)),
               tag("p", explained, class_="soft"), _looked_at(diversity.rows, rows)),
    )  # fmt: skip


def _topic_name(topic: Topic) -> str:
    return ", ".join(topic.words) or "nothing in common with others"


def contamination_section(found: Contamination, rows: int) -> Markup:
    """Does the dataset hold what a model will be tested on?"""
    title = "Does it hold what the model will be tested on?"
    asked = f"{counted(found.held_out, 'held-out text')} of {found.file}"
    if found.rows:
        answer = (
            f"{counted(found.rows, 'row')} ({percent(found.rows, rows)}) share {LENGTH} words in a row, or a whole "
            f"short text, with {found.questions:,} of {asked}."
        )
    else:
        answer = f"No: no row shares {LENGTH} words in a row with any of {asked}."
    matches = [
        (
            f"{match.index + 1:,}",
            tag("span", match.row, dir="auto"),
            [tag("div", f"{match.held_out:,}: {match.question}", dir="auto"),
             tag("div", f"in common: “{match.words}”", class_="soft")],
            percent(match.share, 1),
        )
        for match in found.matches
    ]  # fmt: skip
    head = ("row", "what it says", "held-out text", "of it found")
    shown = table(f"The {len(matches)} rows that hold most of a held-out text", head, matches, numbers=(3,))
    short = f"{counted(found.too_short, 'held-out text')} too short to tell from chance." if found.too_short else ""
    return section(
        "contamination", title, answer, shown if matches else None, tag("p", short, class_="soft") if short else None
    )


def _looked_at(looked_at: int, rows: int) -> Markup | None:
    if looked_at >= rows:
        return None
    return tag("p", f"Told from a seeded sample of {looked_at:,} of {counted(rows, 'row')}.", class_="soft")
