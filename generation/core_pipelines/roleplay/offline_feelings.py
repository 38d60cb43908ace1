"""How it shows what the offline writer's characters feel, by emotion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Feeling(NamedTuple):
    """How an emotion shows: at first, and after a while."""

    early: str
    late: str


FEELINGS: Mapping[str, Feeling] = {
    "longing": Feeling("looks past the door more often than at it", "stops looking at the door at all"),
    "relief": Feeling("sits down twice, as if the chair might be taken away", "laughs at something that was not funny"),
    "dread": Feeling(
        "straightens what was straight already", "says the worst of it aloud, as if reading it from a list"
    ),
    "defiance": Feeling("answers before the question has ended", "puts a question as if it were an order"),
    "tenderness": Feeling("moves the lamp so that it does not blind", "says the other's words again, more slowly"),
    "envy": Feeling("praises, a little too exactly", "asks how it was done, and listens"),
    "grief": Feeling("sets out one thing too many, and puts it back", "leaves it standing there"),
    "mischief": Feeling("keeps one hand out of sight", "shows what was in it"),
    "awe": Feeling("lowers the voice without being asked", "forgets to close the mouth"),
    "shame": Feeling("talks to the floorboards", "looks up in the middle of a sentence and stays there"),
    "pride": Feeling("stands where the light is", "sits down, on the lower chair"),
    "restlessness": Feeling("never finishes crossing the room", "stands still, and seems surprised by it"),
    "gratitude": Feeling("gives things away that were not asked for", "takes something that is offered"),
    "suspicion": Feeling("weighs each word and gives back less", "turns the back, for the first time"),
    "homesickness": Feeling("names everything by what it is not", "calls this place by its name"),
    "hope": Feeling("makes plans for two and mends them to one", "says two again"),
}
ANY_FEELING = Feeling("holds on to the edge of the table", "lets go of it")
