"""Whom the offline writer's stories are about and where they play: by initial, archetype and world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NAMES = (
    "Anselm Brook",
    "Britt Ohlin",
    "Casimir Vale",
    "Dorte Lund",
    "Edric Thorne",
    "Fenna Dijk",
    "Gideon Marsh",
    "Hedda Skov",
    "Ilya Renn",
    "Jorunn Aas",
    "Konrad Velt",
    "Liv Sandoval",
    "Matteo Arbel",
    "Nives Kolar",
    "Odile Brandt",
    "Piet Harrow",
    "Renata Sousa",
    "Silas Oakes",
    "Tove Marrin",
    "Ursel Kamp",
    "Viktor Dane",
    "Wanda Pryce",
    "Yusuf Adair",
    "Zora Minck",
)

LOOKS = (
    "Tall and stooped, with ink on the right cuff and one grey eyebrow.",
    "Short, broad, quick on the stairs; the left boot has been mended with sailcloth.",
    "Thin, with a scar through the chin that whitens in the cold, and very clean hands.",
    "Freckled to the ears, in a coat that was made for somebody larger.",
    "Silver hair cropped close, and spectacles that hang from a string and are never worn.",
    "Broad hands with one finger bandaged, and hair that has been cut at home.",
    "A face that looks asleep until it is spoken to; a red scarf in every season.",
    "Small, upright, with a limp that comes and goes.",
    "Sunburnt to the collar and pale below it, with a watch that has stopped.",
)
VOICES = (
    "Dry and slow. Leaves out every word that can be done without.",
    "Fast, with the important thing always in the last three words.",
    "Soft, so that people lean in; says a name before every question.",
    "Rough in the morning. Hums in place of swearing.",
    "Low and even, as if reading aloud to somebody ill.",
    "Starts sentences twice and finishes them once.",
    "Polite to the point of danger; never louder than the room.",
)
HABITS = (
    "Counts the exits of a room, then sits with the back to all of them.",
    "Sharpens a pencil when others would shout.",
    "Pours for others first and leaves one cup empty.",
    "Turns every object the right way round before putting it down.",
    "Writes names on the palm, and washes it only on Sundays.",
    "Knocks on the frame of every door, also from the inside.",
    "Folds every piece of paper once more than it needs.",
    "Counts the change aloud and gives it back with the left hand.",
    "Smells the tea before drinking and puts it down again.",
)
FEARS = (
    "To be thanked in front of everybody.",
    "That nobody would notice an empty chair.",
    "To find that it was never needed in the first place.",
    "That the next choice is the same as the last one.",
    "To be forgiven before it has been said.",
    "That the young ones are right.",
    "To hear a voice just like it in somebody else's mouth.",
    "That it was all for the first reason, and the first reason is gone.",
)


class Calling(NamedTuple):
    """What an archetype works as, wants and hides."""

    work: str
    want: str
    secret: str


CALLINGS: Mapping[str, Calling] = {
    "mentor": Calling(
        "teacher of apprentices",
        "to hand the keys to somebody who will not thank for them",
        "the famous first lesson was stolen from a rival",
    ),
    "trickster": Calling(
        "dealer in favours", "to lose one game on purpose and have it noticed", "the last three wins were luck"
    ),
    "hero": Calling(
        "clerk who was once in the papers",
        "to be sent home before it begins again",
        "the rescue everybody talks of was somebody else's",
    ),
    "caretaker": Calling(
        "keeper of the keys",
        "one whole night in which nobody knocks",
        "a letter of thanks has been kept back from its reader for years",
    ),
    "exile": Calling(
        "mender of nets and clocks",
        "to hear the old language spoken badly by a child",
        "the way home has been open since spring",
    ),
    "ruler": Calling("head of the house", "an answer that is not polite", "the seal on the table is a copy"),
    "outlaw": Calling(
        "carrier of things without papers",
        "a door that can be locked from the inside",
        "the price on the poster was paid long ago, by a friend",
    ),
    "explorer": Calling(
        "maker of maps", "to see one coast that needs no name", "the northern half of the great map was guessed"
    ),
    "sage": Calling(
        "reader for those who cannot", "a question without a good answer", "the eyes have been failing since autumn"
    ),
    "jester": Calling(
        "entertainer between the acts",
        "that somebody laughs too late",
        "every joke is written down the night before, and most are crossed out",
    ),
    "rival": Calling(
        "second in everything, by a hair",
        "one race that nobody times",
        "the winner has been given the better map each year",
    ),
    "guardian": Calling(
        "watch of the lower gate",
        "to be relieved by somebody who stays awake",
        "the gate was left open once, and nobody ever knew",
    ),
    "artist": Calling(
        "painter of signs", "to paint one wall that says nothing", "the best piece in the hall was done by an assistant"
    ),
    "inventor": Calling(
        "builder of small machines",
        "a machine that fails in a new way",
        "the patent describes something that has never run",
    ),
    "messenger": Calling(
        "runner between houses",
        "to read one letter to the end",
        "the last message was delivered a day late, and not by accident",
    ),
}
ANY_CALLING = Calling("jack of all trades", "to be asked to stay", "the good name on the door belongs to somebody else")


STANDINGS = (
    "People come to you when they have been everywhere else. You have been here longer than the furniture.",
    "You are asked for advice by those who will not take it. You came for a week, and that was long ago.",
    "Everybody owes you a small favour, and you have never asked for one back.",
    "Half of what is told about you is true, and you do not say which half.",
    "They notice you when you are gone. You know every door here, and who has a key.",
    "Nobody remembers hiring you, and nobody would dare to let you go.",
    "You are the last one here who knows how it was done before.",
)
TABOOS = (
    'You never say "always" without being asked for proof.',
    "You never answer the first question that is put to you.",
    "You never say sorry in words; you do something useful instead.",
    "You never name a price before you have asked what it is for.",
    "You never let anybody else lock up.",
    "You never speak of the year before last.",
)
SAYINGS = (
    "Come in, before the cold does.",
    "Ask me something smaller first.",
    "You see a thing, I see the work of half a year.",
    "That is one way to tell it.",
    "I have time. I only lack patience.",
    "Put it where I can see it.",
    "Whoever told you that was standing further off.",
    "Sit, or go. Between the two there is a draught.",
    "It held yesterday. Yesterday was kinder.",
    "We shall see who is tired first.",
    "It is not the rain, it is the waiting for it.",
    "Say it again, and leave out the first half.",
    "There are two ways, and I know the third.",
)


class World(NamedTuple):
    """Where a scene plays: what is seen, two things for the hands, what has happened, whom the user plays."""

    place: str
    things: tuple[str, str]
    situation: str
    user: str


PLACES: Mapping[str, World] = {
    "harbour": World(
        "The back room of the harbour office, with ice on the inside of the panes and a stove that ticks.",
        ("the logbook", "the kettle"),
        "The last boat before the freeze leaves in an hour, and one name is missing from its list.",
        "A passenger whose name is not on the list",
    ),
    "station": World(
        "The airlock of bay nine at shift change, all ozone and humming pipes.",
        ("the torch", "the tether"),
        "A ship docks in four hours and one seam has failed inspection twice.",
        "The inspector who has to sign",
    ),
    "inn": World(
        "The taproom of a mountain inn after closing, smelling of wet wool and resin.",
        ("the ledger", "the lamp"),
        "The pass was opened this morning, and the first guest from the other side has come.",
        "The guest from the other side",
    ),
    "train": World(
        "Compartment six of the night train, one reading light, rain running upwards on the glass.",
        ("the ticket", "the window strap"),
        "The train has stopped between two stations and nobody says why.",
        "A traveller with the wrong ticket",
    ),
    "kitchen": World(
        "The royal kitchen at four in the morning, copper everywhere and one fire lit.",
        ("the ladle", "the menu card"),
        "Two hundred guests are due at noon, and the menu has just been torn in half.",
        "The new hand, sent by the steward to help or to report",
    ),
    "city": World(
        "A landing on the third floor of a house whose lower floors belong to the sea.",
        ("the oar", "the bell"),
        "The water has risen by a step since yesterday, and the last boat takes two.",
        "A neighbour from across the canal",
    ),
    "theatre": World(
        "Behind the canvas of a travelling theatre, with sawdust, sweat and a lion that is a rug.",
        ("the script", "the mask"),
        "The lead has run off with the cash box twenty minutes before the curtain.",
        "Somebody who came to ask for the money back",
    ),
    "village": World(
        "The well at the edge of the desert at noon, the rope dry and the shadow a hand wide.",
        ("the bucket", "the stone with the marks"),
        "The well has given sand for the first time, and the caravan comes tomorrow.",
        "The guide of the caravan, a day early",
    ),
}
ANY_PLACE = World(
    "A workroom that smells of what is made in it, late, with one lamp.",
    ("the key", "the notebook"),
    "Something that was promised for today has not been done, and it is known by whom.",
    "Somebody who was promised it",
)
