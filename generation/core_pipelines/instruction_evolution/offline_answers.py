"""What the offline writer answers: the sample seeds by heart, every change of its own with a paragraph of its own."""

from __future__ import annotations

from collections.abc import Mapping

SEEDS: Mapping[str, str] = {
    "Explain why bread dough rises.": (
        "Bread dough rises because yeast eats sugar in the flour and gives off carbon dioxide. Kneading has "
        "joined the flour's proteins into gluten, an elastic net that holds the gas in thousands of small "
        "bubbles. Warmth makes the yeast work faster; the heat of the oven swells the bubbles once more and "
        "then sets the crumb around them."
    ),
    "Write a polite letter that asks a neighbour to turn the music down.": (
        "Dear Ms Larsen,\n\nI hope you have settled in well. Our bedroom lies next to your living room, and in "
        "the evening your music comes through the wall more clearly than you would think. Could you turn it "
        "down after ten o'clock? If an evening is special to you, just tell me beforehand and I will not "
        "mind.\n\nThank you, and kind regards,\nMiriam Vogt, second floor"
    ),
    "Write a function that finds the longest word in a list of words.": (
        "Python's `max` does it, with the length as its key:\n\n```python\ndef longest_word(words: list[str]) "
        '-> str:\n    """The longest word; the first of them where several are as long, and "" for an '
        'empty list."""\n    return max(words, key=len, default="")\n```\n\n`longest_word(["fig", '
        '"quince", "pear"])` gives `"quince"`.'
    ),
    "How can I find out whether a plank is level without a spirit level?": (
        "Lay a straight-sided bottle, nearly full of water, on the plank and let the bubble settle. Mark where "
        "its ends are, turn the bottle round end for end and look again: if the bubble stands at the same "
        "marks, the plank is level. A marble works as well; it must stay where you put it, at several places."
    ),
    "Was unterscheidet ein Sonett von einer Ballade?": (
        "Ein Sonett hat eine feste Form, eine Ballade erzählt eine Geschichte. Das Sonett besteht aus vierzehn "
        "Versen, meist zwei Strophen zu vier und zwei zu drei Versen, und entfaltet einen Gedanken. Die "
        "Ballade darf so lang sein, wie ihre Handlung es braucht, und lässt oft Figuren sprechen, wie in "
        "Goethes „Erlkönig“."
    ),
    "Plan a school trip to a lighthouse for a day in autumn.": (
        "The day turns on the tide and on the light: leave at 8:00, be back by 16:30.\n\n- 8:00 bus from "
        "school, with a list of names and one adult for eight children\n- 9:45 walk to the lighthouse while "
        "the tide is out\n- 10:30 tour in two groups: one climbs, the other draws the lamp\n- 12:00 packed "
        "lunch indoors; it is windy in autumn\n- 13:00 search the beach, in sight of an adult\n- 14:30 bus "
        "home\n\nAsk parents for a coat, firm shoes, and word of allergies a week before."
    ),
    "A tank fills at 12 litres a minute and leaks 3. How long does it take to fill 270 litres?": (
        "It takes 30 minutes. Each minute 12 litres come in and 3 are lost, so 12 - 3 = 9 litres stay, and 270 "
        "/ 9 = 30."
    ),
    "Explique à un enfant pourquoi la mer est salée.": (
        "La mer est salée parce que la pluie y apporte du sel depuis très longtemps. En coulant sur les "
        "rochers, l'eau en emporte un tout petit peu, et les rivières le portent jusqu'à la mer. Le soleil "
        "fait remonter l'eau dans les nuages, mais pas le sel : il reste, et il y en a toujours plus."
    ),
    "Compare renting tools with buying them.": (
        "Renting is cheaper for a tool you need a few times, buying for one you need every month. A hammer "
        "drill costs about 90 euros to buy and 18 a day to rent, so from the fifth day on your own is cheaper. "
        "A rented tool is serviced and takes no room; your own is there on a Sunday evening."
    ),
    "Describe the smell of rain to somebody who has never smelled anything.": (
        "The smell of rain is like hearing a room you know after the door has been closed: nothing in it has "
        "moved, and everything is nearer. It begins dry, as a finger drawn over warm stone. Then it turns "
        "round and cool, as the first swallow of water feels in the throat, and it stays as long as the last "
        "note of a bell."
    ),
    "Which questions should be asked before signing a lease for a flat?": (
        "Ask first what the flat costs in all: rent, heating, other charges, deposit, and when each was last "
        "raised. Then ask how long you are bound and how notice is given, who pays for which repairs, what was "
        "noted when the last tenant left, and whether pets, subletting or a second name on the lease are "
        "allowed. Have every promise written into it."
    ),
    "Summarise what a vaccine does in the body.": (
        "A vaccine shows the immune system what a germ looks like without the illness. Cells that recognise the "
        "harmless sample multiply, make antibodies, and leave memory cells behind. When the real germ comes, "
        "these answer within hours rather than days, and often nothing is felt of it."
    ),
}
"""The tasks of `samples/seed_tasks.jsonl`, answered."""

CHANGES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "requirement": {
            "Use at most 150 words.": "",
            "Do not use a single technical term without explaining it.": (
                "Every word in this is meant as it is used at the kitchen table; where it is not, its meaning "
                "stands right behind it."
            ),
            "Give the main point once more at the end, in bold.": "**{first}**",
            "Name one thing that is often got wrong about it.": (
                "What is often got wrong: people change several things at once, and then cannot tell which of "
                "them made the difference."
            ),
            "Write it so that it can be read aloud in one minute.": "",
        },
        "more insight": {
            "Say also why this is so, and where it stops being so.": (
                "It is so because each part of it rests on the one before. It stops being so where that first "
                "part is missing: under other circumstances, look at that before all else."
            ),
            "Add the strongest reason against your answer, and weigh it.": (
                "The strongest reason against this is that it was learnt from ordinary cases, and yours may not "
                "be one. I hold to it all the same, since an unusual case shows itself early and costs little "
                "until then."
            ),
            "Explain what would follow if the opposite were true.": (
                "If the opposite were true, the same steps would make it worse each time, and everybody who "
                "ever tried would have noticed. Nobody has, which speaks for the answer above."
            ),
            "Tell which part of it is still disputed, and by whom.": (
                "What is still disputed is how far it carries: those who do it every day trust their eyes, "
                "those who study it want figures from more than one place."
            ),
        },
        "particular case": {
            "Take the case of somebody who has one afternoon and 30 euros.": (
                "With one afternoon and 30 euros: one hour to look and to ask, two for the main thing, and the "
                "last to put right what went wrong. Keep 10 of the 30 euros for that."
            ),
            "Assume that it is for twelve people between six and eighty years old.": (
                "For twelve people between six and eighty, make three groups of four with an elder and a child "
                "in each. The text must be large, the pauses long, and nobody should have to stand for more "
                "than ten minutes."
            ),
            "Suppose that it has to be done in a small town, in winter, without a car.": (
                "In a small town in winter and without a car, order what is heavy a week ahead, plan for "
                "daylight between nine and four, and ask who has a sledge."
            ),
        },
        "several steps": {
            "First list what has to be known, then work it out step by step, and check the result at the end.": (
                "What has to be known: the aim, what is there, and what may not happen. Step one settles the "
                "aim in a sentence; step two takes away what does not serve it; step three does the rest in "
                "that order. The check: does the sentence of step one hold now?"
            ),
            "Compare three ways of doing it by cost and by time, and rank them with a calculation.": (
                "Three ways, with an hour counted as 12 euros:\n\n| way | money | hours | together |\n| --- | "
                "--- | --- | --- |\n| alone, by hand | 0 | 3 | 36 |\n| with a borrowed tool | 5 | 2 | 29 |\n| "
                "somebody is paid for it | 40 | 0.5 | 46 |\n\nSo the borrowed tool comes first, by hand second, "
                "paying third."
            ),
            "Break it into parts that depend on each other, solve them in order, and show each result.": (
                "Part one, what is needed: the list has four things on it. Part two, what of it is there: two "
                "of the four. Part three, what follows: 4 - 2 = 2 have to be got first, and everything else "
                "waits for them."
            ),
        },
        "material": {
            'Start from this note by a colleague: "Tried the obvious way first. It held for two days."': (
                "Two days, as the note says, is long enough to rule out a mistake at the start. So the obvious "
                "way was right and something wore out: look for what changed on the third day."
            ),
            "Use only what this list gives: a pencil, ten metres of string, a jar, a notebook, forty minutes.": (
                "The string measures, the jar holds a sample, the notebook takes down what was seen, and the "
                "pencil marks where. Thirty of the forty minutes are for that, ten for reading it over."
            ),
            'Build on this remark by a reader: "I followed every step but the third, and it went wrong."': (
                "The reader left out the third step, and that is no accident: it is the one that looks as if it "
                "did nothing. It makes the fourth possible."
            ),
        },
    },
    "de": {
        "requirement": {
            "Antworte in höchstens 120 Wörtern.": "",
        },
        "more insight": {
            "Sag auch, warum das so ist und wo es nicht mehr gilt.": (
                "Das ist so gewachsen und nicht beschlossen worden. Deshalb gilt es an den Rändern nicht mehr: "
                "Wer genau hinsieht, findet Werke, die beides zugleich sind."
            ),
        },
        "particular case": {
            "Nimm den Fall von jemandem, der einen Nachmittag und 30 Euro hat.": (
                "Mit einem Nachmittag und 30 Euro: eine Stunde suchen, zwei Stunden das Wichtigste, und 10 Euro "
                "bleiben für das, was schiefgeht."
            ),
        },
        "several steps": {
            "Zerlege die Sache in Schritte, die aufeinander aufbauen, und prüfe am Ende das Ergebnis.": (
                "Erstens die Form ansehen, zweitens fragen, ob etwas geschieht, drittens beides "
                "nebeneinanderhalten. Die Probe: Stimmt das Ergebnis auch für ein Beispiel, das man schon kennt?"
            ),
        },
        "material": {
            "Gehe von dieser Notiz aus: „Der naheliegende Weg hielt zwei Tage.“": (
                "Zwei Tage, sagt die Notiz: Der naheliegende Weg war also nicht falsch, er war nur nicht zu "
                "Ende gedacht."
            ),
        },
    },
    "fr": {
        "requirement": {
            "Réponds en 120 mots au plus.": "",
        },
        "more insight": {
            "Dis aussi pourquoi il en est ainsi, et où cela cesse d'être vrai.": (
                "Il en est ainsi parce que chaque chose dépend de la précédente. Cela cesse d'être vrai là où "
                "la première manque."
            ),
        },
        "particular case": {
            "Prends le cas de quelqu'un qui dispose d'un après-midi et de 30 euros.": (
                "Avec un après-midi et 30 euros, on consacre une heure à chercher, deux à l'essentiel, et on "
                "garde 10 euros pour l'imprévu."
            ),
        },
        "several steps": {
            "Procède par étapes qui s'appuient l'une sur l'autre, et vérifie le résultat à la fin.": (
                "D'abord regarder, ensuite nommer ce que l'on voit, enfin l'expliquer. La vérification : un "
                "enfant peut-il le redire avec ses mots ?"
            ),
        },
        "material": {
            "Pars de cette note : « La voie évidente a tenu deux jours. »": (
                "Deux jours, dit la note : la voie évidente n'était donc pas fausse, il lui manquait la suite."
            ),
        },
    },
}
"""By language and kind of change, each sentence that the rules add to a task, and what it is answered with.

{first} is the first sentence of the answer.
"""

NEW: Mapping[str, str] = {
    "Write a checklist of six points for somebody who does the following for the first time:": (
        "- [ ] I can say in one sentence what is to come out of it.\n- [ ] I have read everything once to the "
        "end before beginning.\n- [ ] What I need lies within reach.\n- [ ] Somebody who has done it before "
        "knows that I am doing it.\n- [ ] I have tried it once where nothing can break.\n- [ ] I know how I "
        "shall notice that it is finished."
    ),
    "Which three mistakes are made most often at this, and how are they noticed in time?": (
        "1. Beginning without an aim. It is noticed when nobody can say whether it is finished.\n2. Leaving out "
        "the step that seems to do nothing. It is noticed when the next one takes far longer than it "
        "should.\n3. Changing two things at once. It is noticed when it works and nobody knows why."
    ),
    "Draft the letter in which a beginner asks an expert for help with this:": (
        "Dear Mr Adeyemi,\n\nI am a beginner and have come to the point where reading no longer helps. I "
        "understand what should happen, and not why it does not happen with me. Could you give me ten minutes, "
        "on any day that suits you? I will bring what I have tried, written down in order.\n\nWith many "
        "thanks,\nJana Horvat"
    ),
    "What was different about this a hundred years ago?": (
        "A hundred years ago there was less to choose from and more to know by heart. It was learnt from a "
        "person and not from a page, it took longer, and a mistake was dearer, so it was done more slowly and "
        "by fewer people."
    ),
    "Set five questions for a quiz about this, from easy to hard:": (
        "1. What is it about, in one sentence?\n2. What is needed for it?\n3. What has to come first, and "
        "why?\n4. What would change if the first thing were missing?\n5. Which part of the usual explanation "
        "is a simplification?"
    ),
    "Tell a child of eight in one short story what this is about:": (
        'Once a girl called Ada asked her grandmother just that. "I shall not tell you," said the '
        'grandmother, "but you may help me." So they did it together, slowly, and each time that something '
        'happened, Ada had to guess why. In the evening she said: "Now I know it." And she told her brother, '
        "who had to guess as well."
    ),
}
"""The openings of new tasks, and what they are answered with."""


def answer_to(task: str, language: str) -> str:
    """The answer to a task of the samples, or to what the rules made of it; an outline for a task from elsewhere."""
    main = next((text for opening, text in NEW.items() if opening in task), None)
    main = main or next((text for seed, text in SEEDS.items() if seed in task), None)
    main = main or _OUTLINES.get(language, _OUTLINES["en"]).format(task=_shortened(task))
    added = sorted((sentence for sentence in _PARAGRAPHS if sentence in task), key=task.index)
    first = main.partition("\n")[0].partition(". ")[0].rstrip(".:,") + "."
    paragraphs = (_PARAGRAPHS[sentence].format(first=first) for sentence in added)
    return "\n\n".join([main, *filter(None, paragraphs)])


_PARAGRAPHS: Mapping[str, str] = {
    sentence: paragraph
    for kinds in CHANGES.values()
    for sentences in kinds.values()
    for sentence, paragraph in sentences.items()
}
_OUTLINES: Mapping[str, str] = {
    "en": (
        "For “{task}” three things decide: what is wanted in the end, what is there already, and how much time "
        "there is. Begin with the first and write it down in a sentence. Then go from what is there to what is "
        "wanted, in as few steps as you can, and look back at your sentence after each."
    ),
    "de": (
        "Bei „{task}“ entscheiden drei Dinge: was am Ende da sein soll, was schon da ist, und wie viel Zeit "
        "bleibt. Beginne mit dem ersten und schreib es in einem Satz auf. Dann geh in möglichst wenigen "
        "Schritten dorthin."
    ),
    "fr": (
        "Pour « {task} », trois choses comptent : ce que l'on veut à la fin, ce que l'on a déjà, et le temps "
        "qui reste. Commence par la première, en une phrase, puis avance en aussi peu d'étapes que possible."
    ),
    "es": (
        "En «{task}» deciden tres cosas: lo que se quiere al final, lo que ya hay y el tiempo que queda. "
        "Empieza por la primera, en una frase, y avanza en tan pocos pasos como puedas."
    ),
}


def _shortened(task: str) -> str:
    words = task.split()
    return " ".join(words[:14]).rstrip(".?!,;:") + (" …" if len(words) > 14 else "")
