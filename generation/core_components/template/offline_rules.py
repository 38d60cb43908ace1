"""What a model would answer, for runs with `provider: offline`: one rule a step, `(values, rng) -> completion`."""

from collections.abc import Mapping
from random import Random
from typing import Any

OPENINGS = ("I read a page, and kept these lines:", "What stayed with me when I had read:")


def poem_of_first_words(values: Mapping[str, Any], rng: Random) -> str:
    """A poem of the first words of the page's own sentences, in the form `prompts/write_poem.yaml` asks for."""
    sentences = [sentence.split()[:7] for sentence in values["text"].replace("\n", " ").split(". ") if sentence.strip()]
    lines = [" ".join(words).rstrip(".,;:") + "," for words in (sentences * 3)[:3]]
    return "\n".join(["<poem>", rng.choice(OPENINGS), *lines, "and nothing more was said.", "</poem>"])
