"""What is better and what is worse: pairs of answers to one prompt (DPO), and single answers with a verdict (KTO)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generation_functions.datasets.conversations import has_texts
from generation_functions.datasets.form import Fields, Format, Spelled, beside, misfit, without_repeats
from generation_functions.datasets.turns import Message, are_messages, as_prompt, message, messages_of, turns_of
from generation_functions.errors import ConfigError
from generation_functions.rows import Json

PAIR = ("prompt", "chosen", "rejected")
VERDICT = ("prompt", "completion", "label")
PLAIN_LOSES = (
    "Where the system prompt ends, and in longer prompts where each turn does. A message's fields other than role and"
    " content, message parts. An answer must be one message of the assistant."
)


def read_dpo_chat(row: Mapping[str, Json]) -> Fields:
    """The row; where `chosen` and `rejected` are whole conversations, what both begin with becomes the `prompt`."""
    chosen, rejected = messages_of(row.get("chosen"), "chosen"), messages_of(row.get("rejected"), "rejected")
    rest = beside(row, PAIR, ())[0]
    if isinstance(row.get("prompt"), list):
        return {"prompt": messages_of(row["prompt"], "prompt"), "chosen": chosen, "rejected": rejected, **rest}
    shared = next(
        (index for index, (one, other) in enumerate(zip(chosen, rejected, strict=False)) if one != other),
        min(len(chosen), len(rejected)),
    )
    if not 0 < shared < min(len(chosen), len(rejected)):
        raise ConfigError(
            "`chosen` and `rejected` are no two answers to one prompt",
            hint="give the row a `prompt`, a list of messages",
        )
    return {"prompt": chosen[:shared], "chosen": chosen[shared:], "rejected": rejected[shared:], **rest}


def spell_dpo_chat(row: Mapping[str, Json]) -> Spelled:
    """The row as it is."""
    return Spelled(dict(row))


def read_dpo(row: Mapping[str, Json]) -> Fields:
    """Three texts as messages: a question and two answers."""
    if not has_texts(row, *PAIR):
        raise ConfigError("`prompt`, `chosen` and `rejected` are not three texts", hint="check the row's format")
    answers = {name: [message("assistant", row[name])] for name in PAIR[1:]}
    return {"prompt": [message("user", row["prompt"])], **answers, **beside(row, PAIR, ())[0]}


def spell_dpo(row: Mapping[str, Json]) -> Spelled:
    """The prompt as one text, and each answer as one."""
    lost: list[str] = []
    prompt = _prompt(row["prompt"], lost)
    chosen, rejected = (_answer("dpo", row[name], lost) for name in PAIR[1:])
    rest = beside(row, PAIR, ())[0]
    return Spelled({"prompt": prompt, "chosen": chosen, "rejected": rejected, **rest}, without_repeats(lost))


def read_kto_chat(row: Mapping[str, Json]) -> Fields:
    """The row, its fields checked."""
    for name in VERDICT[:2]:
        messages_of(row.get(name), name)
    _verdict(row)
    return dict(row)


def spell_kto_chat(row: Mapping[str, Json]) -> Spelled:
    """The row as it is."""
    return Spelled(dict(row))


def read_kto(row: Mapping[str, Json]) -> Fields:
    """A question and its answer as messages."""
    if not has_texts(row, "prompt", "completion"):
        raise ConfigError("`prompt` and `completion` are not two texts", hint="check the row's format")
    asked, answered = [message("user", row["prompt"])], [message("assistant", row["completion"])]
    return {"prompt": asked, "completion": answered, "label": _verdict(row), **beside(row, VERDICT, ())[0]}


def spell_kto(row: Mapping[str, Json]) -> Spelled:
    """The prompt as one text, and the answer as one."""
    lost: list[str] = []
    prompt = _prompt(row["prompt"], lost)
    completion = _answer("kto", row["completion"], lost)
    form = {"prompt": prompt, "completion": completion, "label": row["label"]}
    return Spelled({**form, **beside(row, VERDICT, ())[0]}, without_repeats(lost))


def _verdict(row: Mapping[str, Json]) -> bool:
    if not isinstance(row.get("label"), bool):
        raise ConfigError(f"`label` is neither true nor false: {row.get('label')!r:.80}", hint="check the row's format")
    return bool(row["label"])


def _prompt(messages: Sequence[Message], lost: list[str]) -> str:
    turns, more = turns_of(messages)
    lost += more
    return as_prompt(turns, lost)


def _answer(form: str, messages: Sequence[Message], lost: list[str]) -> str:
    turns, more = turns_of(messages)
    if [role for role, _ in turns] != ["assistant"]:
        raise misfit(form, "an answer is more than one message of the assistant", f"write it as {form}-chat")
    lost += more
    return turns[0][1]


PREFERENCES = (
    Format(
        "dpo",
        "preference",
        "Preference pairs of plain texts: `prompt`, `chosen`, `rejected`.",
        PLAIN_LOSES,
        fits=lambda row: has_texts(row, *PAIR),
        read=read_dpo,
        spell=spell_dpo,
    ),
    Format(
        "dpo-chat",
        "preference",
        "Preference pairs of messages: `prompt`, `chosen`, `rejected`.",
        "Nothing.",
        fits=lambda row: are_messages(row.get("chosen")) and are_messages(row.get("rejected")),
        read=read_dpo_chat,
        spell=spell_dpo_chat,
    ),
    Format(
        "kto",
        "labelled",
        "Single answers with a verdict, as plain texts: `prompt`, `completion`, and a `label`, true or false.",
        PLAIN_LOSES,
        fits=lambda row: has_texts(row, "prompt", "completion") and isinstance(row.get("label"), bool),
        read=read_kto,
        spell=spell_kto,
    ),
    Format(
        "kto-chat",
        "labelled",
        "Single answers with a verdict, as messages: `prompt`, `completion`, and a `label`, true or false.",
        "Nothing.",
        fits=lambda row: (
            are_messages(row.get("prompt"))
            and are_messages(row.get("completion"))
            and isinstance(row.get("label"), bool)
        ),
        read=read_kto_chat,
        spell=spell_kto_chat,
    ),
)
