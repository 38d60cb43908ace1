"""What the offline writer's characters feel and say, what is said to them, and how it is rated."""

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

OPENINGS = (
    (
        "I was told I'd find you here. *I stay by the door.* Is this a bad time?",
        "It is always a bad time. *{Early}.* Come in, then, before the cold does. Have you eaten?",
    ),
    (
        "*I clear my throat.* They sent me. I didn't ask to come, in case that matters.",
        (
            "It matters. *{Early}.* The ones who ask to come want something by the "
            "second sentence. What is it they think I have?"
        ),
    ),
    (
        "so youre the one everybody talks about. i thought youd be taller",
        (
            "I was, before they began to talk. *{Early}.* Sit where you can see "
            "{first}, and tell me which of the stories it was."
        ),
    ),
    (
        "*I put my bag down between us.* I have about an hour, and one question. Do you want it now or later?",
        "Later is a place I know well. *{Early}.* Now, then. And mind {second}, it belongs to somebody.",
    ),
)
"""How stories begin: what the user says, and the character."""

ENDINGS = 5
"""How many of the last turns below may end a story."""

SAID_BY_USER = (
    "*I point at {first}.* Is that what all of this is about?",
    "You don't have to explain. But somebody will ask me, and I'd rather tell them something true.",
    "ok. and what would you do if it were up to you",
    "*I pick up {second} and hold it out.* Here. You've been looking at it the whole time.",
    "People say you {rumour}. I never believed it.",
    "We have until the bell. Tell me the part you leave out.",
    "*I sit down on the floor, back against the wall.* I'm not going anywhere yet.",
    "So what happens to the two of us when this is over?",
    "Alright. I'll do it. But you come along.",
    "*laughs* That's the first honest thing I've heard in this place.",
    "Then let's begin with the small things. Which of them do we carry out first?",
    "I've made up my mind. Ask me what it is.",
)
SAID_BY_CHARACTER = (
    (
        "That? *{First} is pushed a hand's breadth across the table.* That is only where it "
        "began. You see {first}, I see the work of half a year. What do you see?"
    ),
    "True things are heavy, and you have come on foot. *The habit wins: {habit}* Ask me something smaller first.",
    (
        "If it were up to me I would want {want}. *A shrug that does not quite come off.* There. "
        "Now you know more than the people I work for. What will you do with it?"
    ),
    (
        "*Takes {second} with both hands and looks it over, as if it might have changed.* You "
        "have good eyes. Most people look at faces. Why did you really come?"
    ),
    (
        "People say what is easy to carry. *{Early}, again.* It was not like that. It was "
        "nearly like that. Would it be worse for you if it had been?"
    ),
    (
        "The part I leave out. *The lamp is turned down, and then up again.* Suppose somebody "
        "had this to hide: {secret}. What would you call such a person?"
    ),
    (
        "*{Late}.* Then you had better have the blanket. The floor remembers every winter. "
        "May I tell you what I am afraid of, or is it too late for that?"
    ),
    (
        "I had not counted on a two. *{Second} is turned over once and put back.* I would keep the place, and you "
        "would keep the key, and on some evenings we would forget who had which. Could you live with that?"
    ),
    (
        "*A hand is held out, and there is no taking it back.* Together, then. You take "
        "{first}, I take {second}. And if I turn round at the door, push me."
    ),
    (
        "Write it down, I shall not say it again. *Something like a smile.* I was going to "
        "send you away. I had the sentence ready. Do you want to hear it?"
    ),
    (
        "The stool first. Nobody has ever sat on it but those who were waiting. *It is already "
        "being lifted, by one leg.* Take the other side. Where shall it stand?"
    ),
    (
        "No. *It comes quickly, and then more slowly:* No, let me guess, and you tell "
        "me when I am warm. You stay until the morning. Am I warm?"
    ),
)
RUMOURS = (
    "walked out on the others",
    "never wanted it",
    "sold the only copy",
    "sleep in your coat",
    "knew it beforehand",
)

RATINGS = (
    (
        9,
        (
            "Its best moment is the thing that changes hands, which says more than the speech "
            "around it. Its weakest is a question that comes once too often."
        ),
    ),
    (
        8,
        (
            "The voice holds from the first line to the last, and the secret "
            "presses without being told. One turn only marks time."
        ),
    ),
    (
        7,
        (
            "The character is one that could not be swapped for another. The "
            "middle is a little slow, and the user has to pull."
        ),
    ),
    (6, "Sound from end to end, and the scene is used. Nothing in it surprises."),
    (
        5,
        (
            "It begins well, with something to hold on to. Then the turns are all "
            "built alike, and the emotion is told rather than shown."
        ),
    ),
)
