"""A stream of the conversations that a dataset holds, whoever wrote it and in whatever format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generation.core_components.conversations.files import Files, dataset_files
from generation.core_components.conversations.turns import plain_messages
from generation_functions import Row, Run, Stream
from generation_functions.datasets import FORMATS, can_convert, convert, format_of, read_rows
from generation_functions.documents.walk import Found
from generation_functions.errors import ConfigError, DocumentError
from generation_functions.languages import detect_language
from generation_functions.rows import content_key
from generation_functions.run.sources import READ
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage

MESSAGES = FORMATS["messages"]


def conversations(run: Run, path: Path) -> Stream:
    """The conversations of a file, of all its shards, of a run's dataset, or of a folder of such files.

    A row has `messages`, an answer's thoughts in its `reasoning_content`; `metadata`, what else the row said, its file
    (`from`) and number in it (`row`, from 1); `language`; and `source`, the document its metadata names, or the file.
    Its key is its content. What is no conversation is on record as one skip, with its reason.

    Raises `ConfigError` where there is nothing to read.
    """
    files, read = dataset_files(path), Stage(READ)
    return Stream(run, lambda: _rows(run, read, files), (read,))


def _rows(run: Run, read: Stage, files: Files) -> Iterator[Row]:
    seen: Counter[str] = Counter()
    for file in files:
        if isinstance(file, Found):
            for row in _rows_of(run, read, file, seen, alone=len(files) == 1):
                run.record(read, row, Outcome(KEPT, [(row, row.fields)]))
                yield row
        else:
            _skip(run, read, file.source, 0, file.reason)


def _rows_of(run: Run, read: Stage, file: Found, seen: Counter[str], *, alone: bool) -> Iterator[Row]:
    number = 0

    def skip(fault: ConfigError) -> None:
        nonlocal number
        number += 1
        _skip(run, read, file.source, number, fault.problems[0].message)

    try:
        for fields in read_rows(file.path, skip=skip):
            number += 1
            try:
                found = conversations_of(fields)
            except ConfigError as exc:
                _skip(run, read, file.source, number, f"no conversation: {exc.problems[0].message}")
                continue
            yield from (_row(each, file.source, number, index, seen) for index, each in enumerate(found))
    except (ConfigError, DocumentError) as exc:
        if alone:
            raise
        _skip(run, read, file.source, number + 1, exc.message)


def conversations_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The conversations that a dataset's row holds, in whatever format: mappings with `messages` and what else it said.

    A tree of answers is one for each branch; of a preference pair the better answer counts. Raises `ConfigError` for a
    row that holds none.
    """
    form = format_of(row)
    if form is None or not can_convert(form, MESSAGES):
        what = f"it is in the format {form.name}" if form else f"its fields are {', '.join(map(str, row)) or 'none'}"
        raise ConfigError(what, hint="conversations have `messages`, or a form that can be turned into them")
    made = convert(row, form, MESSAGES)
    if not made.rows:
        raise ConfigError(made.left_out or "nothing is left of it", hint="take the row out")
    return [{**fields, "messages": plain_messages(fields["messages"])} for fields in made.rows]


def _row(found: Mapping[str, Any], file: str, number: int, index: int, seen: Counter[str]) -> Row:
    rest = _metadata(found)
    content = content_key("conversation", found["messages"], rest)
    seen[content] += 1
    document = rest.get("document", rest.get("source"))
    known = isinstance(document, str)
    fields = {
        "messages": found["messages"], "metadata": {**rest, "from": file, "row": number},
        "source": document if known else file, "language": detect_language(_words(found["messages"])),
        **({"document": document} if known else {}),
    }  # fmt: skip
    key = content if seen[content] == 1 else content_key(content, seen[content])
    return Row(key, fields, (file, number, index))


def _metadata(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the row said beside its messages; the key it had becomes `origin`, since it gets one of its own."""
    own = found.get("metadata")
    beside = {name: value for name, value in found.items() if name not in ("messages", "metadata")}
    known = dict(own) if isinstance(own, Mapping) else {} if own is None else {"original": own}
    origin = {"origin": known.pop("key")} if "key" in known else {}
    return {**beside, **known, **origin}


def _words(messages: list[dict[str, Any]]) -> str:
    return "\n".join(message["content"] for message in messages if message["role"] in ("user", "assistant"))


def _skip(run: Run, read: Stage, file: str, number: int, reason: str) -> None:
    source = f"{file} row {number}" if number else file
    fields = {"source": source}
    run.record(read, Row(content_key(READ, source, reason), fields, (file, number)), Outcome.dropped(reason, fields))
