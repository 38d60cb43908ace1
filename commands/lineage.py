"""Follow one row from its source document to its final form: every step, every question to a model, every answer."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from commands.past_run import PastRun, past_run
from commands.terminal import counted, money, number, paint, say, shorten, width_of
from commands.transcript import SHORT_KEY, Transcript, exchanges_of, heading, labelled, place_of, record_json
from generation_functions.rows import Json
from generation_functions.store import RowRecord

_MOST_RELATIVES = 12
_SOURCE_STEPS = ("read", "chunk")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="output folder of a run")
    parser.add_argument("key", metavar="KEY", help="a row's key, or its beginning; a dataset has it as metadata.key")
    parser.add_argument("--full", action="store_true", help="show prompts with their example turns, and whole values")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def execute(arguments: argparse.Namespace) -> int:
    """Show the lineage. Exit code 1 where no row, or more than one, has the key."""
    with past_run(arguments.run) as run:
        record = run.history.furthest(run.history.whole_key(arguments.key))
        assert record is not None
        chain = _with_inner(run, run.history.chain(record))
        if arguments.json:
            print(json.dumps(_as_json(run, chain), ensure_ascii=False))
        else:
            _show(run, chain, full=arguments.full)
    return 0


def _with_inner(run: PastRun, chain: list[RowRecord]) -> list[RowRecord]:
    known = {(record.step, record.key) for record in chain}
    inner = [(run.history.within(record), record) for record in chain]
    return [r for found, record in inner for r in (*(i for i in found if (i.step, i.key) not in known), record)]


def _as_json(run: PastRun, chain: list[RowRecord]) -> dict[str, Json]:
    history = run.history
    return {
        "key": chain[-1].key,
        "source": _source(chain),
        "steps": [
            {**record_json(record, exchanges_of(history, record)), "members": [m.key for m in history.members(record)]}
            for record in chain
        ],
        "made_from_it": [{"key": made.key, "step": made.step} for made in history.made_from(chain[-1])],
    }


def _source(chain: list[RowRecord]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for record in chain:
        if not record.from_step or record.step in _SOURCE_STEPS:
            found |= record.fields
    return found


def _show(run: PastRun, chain: list[RowRecord], *, full: bool) -> None:
    transcript = Transcript(full=full, numbers=True)
    print("\n".join([*_source_lines(chain), ""]))
    exchanges = []
    for record in chain:
        if record.step in _SOURCE_STEPS:
            continue
        asked = exchanges_of(run.history, record)
        exchanges += asked
        print("\n".join([*transcript.record(record, asked), *_member_lines(run, record), ""]))
    _show_made(run, chain[-1])
    spent = sum(exchange["cost"] for exchange in exchanges)
    tokens = sum(exchange["input_tokens"] + exchange["output_tokens"] for exchange in exchanges)
    say(f"{counted(len(exchanges), 'exchange')}, {number(tokens)} tokens, {money(spent)}")


def _source_lines(chain: list[RowRecord]) -> list[str]:
    source = _source(chain)
    title = place_of(source) if "source" in source else f"row of {chain[0].step!r}"
    lines = [paint(title, "bold", stream=sys.stdout)]
    return lines + (labelled("text", str(source["text"]), None) if "text" in source else [])


def _member_lines(run: PastRun, record: RowRecord) -> list[str]:
    members = run.history.members(record)
    lines = [line for member in members[:_MOST_RELATIVES] for line in labelled("member", _in_short(run, member), None)]
    more = len(members) - _MOST_RELATIVES
    return lines + (labelled("", f"… {more} more members", None) if more > 0 else [])


def _show_made(run: PastRun, record: RowRecord) -> None:
    made = run.history.made_from(record)
    if not made:
        return
    print(paint(f"{counted(len(made), 'row')} made from it", "bold", stream=sys.stdout))
    for row in made[:_MOST_RELATIVES]:
        print("\n".join(labelled(row.key[:SHORT_KEY], f"{row.step}: {_in_short(run, row)}", None)))
    if len(made) > _MOST_RELATIVES:
        print("\n".join(labelled("", f"… {len(made) - _MOST_RELATIVES} more", None)))
    print()


def _in_short(run: PastRun, record: RowRecord) -> str:
    text = "; ".join(f"{name}: {value}" for name, value in record.fields.items()) or heading(record)
    return shorten(f"{record.key[:SHORT_KEY]} {text}", width_of(sys.stdout) - 20)
