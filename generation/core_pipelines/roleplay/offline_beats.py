"""What is said in the offline writer's stories, by user and character: how they begin, go on and end, and are rated."""

from __future__ import annotations

OPENINGS = (
    (
        "I was told I'd find you here. *I stay by the door.* Is this a bad time?",
        "It is always a bad time. *{Early}.* Come in, then, before the cold does. Have you eaten?",
    ),
    (
        "*I clear my throat.* They sent me. I didn't ask to come, in case that matters.",
        "It matters. *{Early}.* The ones who ask to come want something by the second sentence. What is it "
        "they think I have?",
    ),
    (
        "so youre the one everybody talks about. i thought youd be taller",
        "I was, before they began to talk. *{Early}.* Sit where you can see {first}, and tell me which of "
        "the stories it was.",
    ),
    (
        "*I put my bag down between us.* I have about an hour, and one question. Do you want it now or later?",
        "Later is a place I know well. *{Early}.* Now, then. And mind {second}, it belongs to somebody.",
    ),
    (
        "Don't get up. *I am already looking at {first}.* I only need a minute of your time.",
        "A minute. *{Early}.* I have sold those by the dozen, and nobody ever came back for the change. "
        "What is it about?",
    ),
    (
        "Is it true what they say about you?",
        "Some of it. *{Early}.* The part with the fire is true, and the part with the money is what people "
        "wish. Which did you come for?",
    ),
    (
        "*I am out of breath.* Somebody is behind me. Not close. Can I wait here?",
        "Behind {first}, where I stand when it is me. *{Early}.* Breathe through the nose, it is quieter. Who is it?",
    ),
    (
        "I've brought back what I borrowed. *I hold out {second}.* It's later than we said.",
        "It is a good deal later than we said. *{Early}.* Put it down there, where I can get used to it. "
        "What did you need it for?",
    ),
    (
        "hi. im supposed to start today? nobody told me what i have to do",
        "Then we know the same amount, and you have the better shoes. *{Early}.* Take {first}. If anybody "
        "asks, you have been here a year. What can you do well?",
    ),
    (
        "*I read the note again, then you.* You wrote this. Didn't you?",
        "I write very little. *{Early}.* Show me the hand. No, the other side: what does it say at the very end?",
    ),
    (
        "We met once, a long time ago. You won't remember.",
        "I remember coats better than faces. *{Early}.* It was raining, and yours was too thin. Did you "
        "ever get where you were going?",
    ),
    (
        "Everyone else has left. *I pull up a chair.* I thought I'd ask why you haven't.",
        "Somebody has to hear the place go quiet. *{Early}.* Sit, if you can do it without talking for a "
        "little. Can you?",
    ),
)
"""How stories begin: what the user says, and the character."""

MIDDLE = (
    (
        "*I point at {first}.* Is that what all of this is about?",
        "That? *{First} is pushed a hand's breadth across the table.* That is only where it began. You see "
        "{first}, I see the work of half a year. What do you see?",
    ),
    (
        "You don't have to explain. But somebody will ask me, and I'd rather tell them something true.",
        "True things are heavy, and you have come on foot. *The habit wins: {habit}* Ask me something smaller first.",
    ),
    (
        "ok. and what would you do if it were up to you",
        "If it were up to me I would want {want}. *A shrug that does not quite come off.* There. Now you "
        "know more than the people I work for. What will you do with it?",
    ),
    (
        "*I pick up {second} and hold it out.* Here. You've been looking at it the whole time.",
        "*Takes {second} with both hands and looks it over, as if it might have changed.* You have good "
        "eyes. Most people look at faces. Why did you really come?",
    ),
    (
        "People say you {rumour}. I never believed it.",
        "People say what is easy to carry. *{Early}, again.* It was not like that. It was nearly like that. "
        "Would it be worse for you if it had been?",
    ),
    (
        "How long have you been doing this?",
        "Long enough that {first} has a dent where my thumb goes. *It is shown, briefly.* The first year I "
        "counted. Then I stopped, and it went faster. How long would you give it?",
    ),
    (
        "You're not what I expected.",
        "No. What was it? *Both hands are turned over and looked at.* Somebody louder, I suppose. Somebody who would "
        "not {fidget} while you talk.",
    ),
    (
        "*I listen.* Did you hear that?",
        "That is only {noise}. *But nobody moves until it is over.* There was a time when I would have gone "
        "to look, {first} in hand. Would you?",
    ),
    (
        "Let me help with that. *I take the other end of {second}.*",
        "Careful, it pulls to the left. *The weight goes over slowly, from one pair of hands to the other.* "
        "Nobody has done that since {since}. You may let go first.",
    ),
    (
        "That sounded like a lie.",
        "It was a short one. *{Early}.* The long one is that everything is in order here. Shall we go on "
        "with the short one, or would you rather have what is under it?",
    ),
    (
        "why does nobody else know about this?",
        "Because nobody else asked in the evening. *A glance at {first}.* In the daytime I have answers. "
        "What would they do with it, the others?",
    ),
    (
        "I'm afraid I'll get it wrong.",
        "You will. I did, with {first}, on the very first day, and it stands there still. *Something gentle "
        "in the voice, and at once a cough over it.* Begin with the part you can take back.",
    ),
    (
        "If I asked you to stop, would you?",
        "*{Early}, and takes a long time over it.* If you asked it twice. The first time people ask for "
        "themselves. Why would you want me to?",
    ),
    (
        "Who taught you that?",
        "Somebody who never looked up while they explained it. *A hand's breadth of {second} is wiped clean.* "
        "The work I learnt in a month. The waiting I have learnt since {since}. Who taught you to ask?",
    ),
    (
        "You could have sent somebody else away. Why me?",
        "You were the one who looked at {first} before you looked at me. *{Early}.* Those who do it the other "
        "way round want to be liked. What is it you want?",
    ),
    (
        "*I say nothing, and wait.*",
        "Good. *The quiet goes on for longer than is polite.* Most people fill that up at once. I could nearly "
        "tell you, now. Shall I?",
    ),
    (
        "what happens if we just leave it as it is",
        "Then it stays as it has been since {since}. *{Second} is pushed away, and drawn back.* I have left it for "
        "longer than you have been tall. Have you never left a thing?",
    ),
    (
        "We have until the bell. Tell me the part you leave out.",
        "The part I leave out. *The lamp is turned down, and then up again.* Suppose somebody had this to "
        "hide: {secret}. What would you call such a person?",
    ),
    (
        "*I sit down on the floor, back against the wall.* I'm not going anywhere yet.",
        "*{Late}.* Then you had better have the blanket. The floor remembers every winter. May I tell you "
        "what I am afraid of, or is it too late for that?",
    ),
)
"""What comes after, in the order in which it makes sense."""

ENDINGS = (
    (
        "So what happens to the two of us when this is over?",
        "I had not counted on a two. *{Second} is turned over once and put back.* I would keep the place, "
        "and you would keep the key, and on some evenings we would forget who had which. Could you live "
        "with that?",
    ),
    (
        "Alright. I'll do it. But you come along.",
        "*A hand is held out, and there is no taking it back.* Together, then. You take {first}, I take "
        "{second}. And if I turn round at the door, push me.",
    ),
    (
        "*laughs* That's the first honest thing I've heard in this place.",
        "Write it down, I shall not say it again. *Something like a smile.* I was going to send you away. I "
        "had the sentence ready. Do you want to hear it?",
    ),
    (
        "Then let's begin with the small things. Which of them do we carry out first?",
        "The stool first. Nobody has ever sat on it but those who were waiting. *It is already being "
        "lifted, by one leg.* Take the other side. Where shall it stand?",
    ),
    (
        "I've made up my mind. Ask me what it is.",
        "No. *It comes quickly, and then more slowly:* No, let me guess, and you tell me when I am warm. "
        "You stay until the morning. Am I warm?",
    ),
    (
        "I won't tell anybody. *I hold your eyes while I say it.*",
        "I know. *{Late}.* That is why it was you, and not the one before you. Tell one person, when I am "
        "gone. Choose somebody who laughs easily.",
    ),
    (
        "*I put {second} into your hands and close them over it.* Keep it. You need it more.",
        "*{Late}.* I have nothing that is worth as much. Except the first hour of the day, when the light "
        "comes in over {first}. Come for that. Nobody has ever been asked before.",
    ),
    (
        "I have to go. You know that, don't you?",
        "I have known it since you put down your bag so near the door. *{Late}.* Go before I think of a "
        "reason. And leave it ajar.",
    ),
    (
        "so... same time tomorrow?",
        "Tomorrow it will look smaller. *{First} is moved to where two can reach it.* Come all the same. I "
        "shall say that I was not expecting you.",
    ),
)
"""How stories end."""

RUMOURS = (
    "walked out on the others",
    "never wanted it",
    "sold the only copy",
    "sleep in your coat",
    "knew it beforehand",
)
SINCE = ("the spring", "the flood", "the year of the two winters", "my sister left", "the last one left")
NOISES = (
    "the house, it does that when the wind turns",
    "the pipes, they talk before it freezes",
    "the dog from next door, who thinks that he lives here",
    "a board on the stairs, and nobody on it",
)
FIDGETS = ("look at the door", "count the buttons of your coat", "hold on to the table", "tidy up what is tidy")

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
