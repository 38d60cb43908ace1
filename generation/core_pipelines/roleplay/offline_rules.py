"""What a model would write at each step, put together from phrases: `(values, rng) -> completion`. In English only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any, TypeVar

from generation.core_components.conversations.passages import transcript
from generation.core_pipelines.roleplay import offline_beats, offline_cast, offline_feelings
from generation_functions.parsing import labelled

Values = Mapping[str, Any]
Phrase = TypeVar("Phrase")

_features = labelled("Name", "Looks", "Voice", "Habits", "Wants", "Fears", "Secret", many=False)
_scene = labelled("Place", "Situation", "User", "Stake", many=False)


def write_features(values: Values, rng: Random) -> str:
    """A character of the archetype, with the initial that was drawn."""
    calling = _of(offline_cast.CALLINGS, values["archetype"], offline_cast.ANY_CALLING)
    name = next(
        (name for name in offline_cast.NAMES if name.startswith(values["initial"])), f"{values['initial']}. Moreau"
    )
    return "\n".join(
        [
            f"Name: {name}, {calling.work}",
            f"Looks: {rng.choice(offline_cast.LOOKS)}",
            f"Voice: {rng.choice(offline_cast.VOICES)}",
            f"Habits: {rng.choice(offline_cast.HABITS)}",
            f"Wants: {_sentence(calling.want)}",
            f"Fears: {rng.choice(offline_cast.FEARS)}",
            f"Secret: {_sentence(calling.secret)}",
        ]
    )


def write_scene(values: Values, rng: Random) -> str:
    """A scene of the world, with two things in it."""
    world = _of(offline_cast.PLACES, values["world"], offline_cast.ANY_PLACE)
    name = _features(values["sheet"])["name"].split(",")[0]
    return "\n".join(
        [
            f"Place: {world.place} Within reach are {world.things[0]} and {world.things[1]}.",
            f"Situation: {world.situation}",
            f"User: {world.user}.",
            f"Stake: If it goes well, {name} is not alone with it any more. If it goes badly, nobody will ask again.",
        ]
    )


def write_bible(values: Values, rng: Random) -> str:
    """The features and the scene as a system prompt."""
    who, scene = _features(values["sheet"]), _scene(values["setting"])
    name, _, work = who["name"].partition(", ")
    feeling = offline_feelings.FEELINGS.get(values["emotion"], offline_feelings.ANY_FEELING)
    sayings = " ".join(f'"{saying}"' for saying in rng.sample(offline_cast.SAYINGS, 3))
    return f"""<bible>
**Who you are.** You are {name}, {work or "nobody in particular"}. {rng.choice(offline_cast.STANDINGS)}

**How you look and move.** {who["looks"]} {who["habits"]}

**How you speak.** {who["voice"]} {rng.choice(offline_cast.TABOOS)} {sayings}

**What is under it.** You want {_bare(who["wants"])}. You fear this: {_bare(who["fears"])}. What you hide: \
{_bare(who["secret"])}. It comes near the surface when somebody stays longer than they have to.

**Today it is {values["emotion"]}.** At first you are somebody who {feeling.early}. After a while you are somebody who \
{feeling.late}.

**The scene.** {scene["place"]} {scene["situation"]} The user plays: {_bare(scene["user"])}.

**How to play.** Stay {name}. Put actions between *asterisks*. Never speak, act or feel for the user; take what they \
offer. When it stalls, use what lies within reach.
</bible>"""


def write_story(values: Values, rng: Random) -> str:
    """The passages asked for, from the bible's own wants, habits and things."""
    bible = values["bible"]
    feeling = offline_feelings.FEELINGS.get(values["emotion"], offline_feelings.ANY_FEELING)
    things = re.search(r"Within reach are (.+?) and (.+?)\.", bible)
    first, second = things.groups() if things else offline_cast.ANY_PLACE.things
    fill = {
        "first": first, "First": _upper(first), "second": second, "Second": _upper(second),
        "Early": _upper(feeling.early), "Late": _upper(feeling.late),
        "want": _found(r"You want (.+?)\. You fear", bible, "to be asked to stay"),
        "secret": _found(r"What you hide: (.+?)\. It comes", bible, "a thing that was never said"),
        "habit": _lower(_found(r"How you look and move\.\*\* .*\. ([A-Z][^.]*\.)", bible, "A cup is turned round.")),
        "rumour": rng.choice(offline_beats.RUMOURS), "fidget": rng.choice(offline_beats.FIDGETS),
        "noise": rng.choice(offline_beats.NOISES), "since": rng.choice(offline_beats.SINCE),
    }  # fmt: skip
    names = re.findall(r"(user|assistant)(\d+)", values["passages"])
    beats = [rng.choice(offline_beats.OPENINGS), *_beats(len(names) // 2 - 1, rng)]
    told = {f"{role}{number}": beats[at // 2][role == "assistant"] for at, (role, number) in enumerate(names)}
    return transcript({name: text.format(**fill) for name, text in told.items()})


def rate_story(values: Values, rng: Random) -> str:
    """A rating, with what is best and what is worst."""
    score, told = rng.choices(offline_beats.RATINGS, weights=(1, 3, 4, 3, 2))[0]
    return f"{told}\nScore: {score}"


def _beats(count: int, rng: Random) -> list[tuple[str, str]]:
    """What is said after the opening: so many turns in the order in which they make sense, the last one an ending."""
    middle, endings = offline_beats.MIDDLE, offline_beats.ENDINGS
    closing = max(1, count - len(middle)) if count else 0
    kept = sorted(rng.sample(range(len(middle)), count - closing))
    return [*(middle[at] for at in kept), *(endings[at] for at in sorted(rng.sample(range(len(endings)), closing)))]


def _of(known: Mapping[str, Phrase], wanted: str, otherwise: Phrase) -> Phrase:
    return next((phrase for word, phrase in known.items() if word in wanted), otherwise)


def _found(pattern: str, text: str, otherwise: str) -> str:
    match = re.search(pattern, text)
    return match[1] if match else otherwise


def _sentence(text: str) -> str:
    return f"{_upper(text)}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _bare(text: str) -> str:
    return _lower(text).rstrip(".")
