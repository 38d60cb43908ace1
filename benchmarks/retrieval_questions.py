"""Thirty questions about the sample documents, each with words of the one passage that answers it.

Ten are asked in the text's own words, ten in other forms of them, ten in other words altogether, as people ask who have
not read the text.
"""

from __future__ import annotations

from typing import NamedTuple


class Asked(NamedTuple):
    """A question, and a phrase that stands in the passage that answers it."""

    question: str
    answer: str


QUESTIONS = {
    "same words": (
        Asked("Who decoded the dance of the honeybees?", "decoded the dance of the honeybees"),
        Asked("When was the Diamond Sutra printed?", "The Diamond Sutra was printed in AD 868"),
        Asked("Why does honey keep for years?", "Honey keeps for years because"),
        Asked("Which tidal bore is the largest in the world?", "Qiantang River in China is the largest"),
        Asked("Who designed the Crystal Palace?", "Joseph Paxton designed the Crystal Palace"),
        Asked("What is propolis?", "Propolis is a sticky resin"),
        Asked("Wann wurde der Suezkanal eröffnet?", "Der Suezkanal wurde am 17. November 1869 eröffnet"),
        Asked("Who found tea plants growing wild in Assam?", "Robert Bruce found tea plants"),
        Asked("What was the cable of 1988 called?", "The cable of 1988 was called TAT-8"),
        Asked("Wie lang ist der Mittellandkanal?", "Der Mittellandkanal ist mit etwa 325"),
    ),
    "other forms": (
        Asked("Who predicted the tides for the Normandy landings?", "made by Arthur Doodson in Liverpool"),
        Asked("Which inventor came up with blowing glass, and where?", "Glassblowing was invented"),
        Asked("How do pollinators like bumblebees help tomato growers?", "Growers have used bumblebees"),
        Asked("What made smuggling tea to Britain profitable?", "High taxes made tea smuggling profitable"),
        Asked("Who printed books in English first?", "William Caxton printed the first book"),
        Asked("How much of the Gutenberg Bibles survives?", "About 49 copies of the Gutenberg Bible survive"),
        Asked("What do oxidising and drying do in making black and oolong teas?", "Oolong tea is only partly oxidised"),
        Asked("Wer hat die erste Kammerschleuse gebaut?", "baute im Jahr 984 die erste bekannte Kammerschleuse"),
        Asked("Why do car windscreens get laminated?", "windscreens of cars are made of laminated glass"),
        Asked("How are wheels and pulleys used for predictions of tides?", "with wheels and pulleys"),
    ),
    "other words": (
        Asked("What do insects do to tell their nestmates the way to a meal?", "The length of the waggle run"),
        Asked("How does keeping hot air around animals calm them when honey is taken?", "use smoke to calm bees"),
        Asked("Why do the ends of old cathedral panes look wavy?", "Old window panes are uneven"),
        Asked("Is our planet spinning more slowly than it once did?", "Tidal friction slows the rotation"),
        Asked("What helps people without sight to read?", "system of raised dots for blind readers"),
        Asked("Which office machine duplicates documents with light and powder?", "first xerographic copy"),
        Asked("How is electricity made from the sea's ebb and flow?", "Tides can drive power stations"),
        Asked("What did colonists in America do against a levy on a drink?", "took place on 16 December 1773"),
        Asked("Welcher Frachter steckte tagelang quer in der Wasserstraße fest?", "Ever Given blockierte"),
        Asked("What did monks use against falling asleep?", "monks drank tea to stay awake"),
    ),
}
