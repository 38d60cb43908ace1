"""The prompt file of Augmentoolkit 3 that this pipeline takes in place of its own, and how its answers are read."""

from __future__ import annotations

from generation_functions.parsing import tag
from generation_functions.stand_ins import StandIn

mend = (StandIn("clean_pdf", {"text": "text", "metadata": "source"}, tag("cleaned_text")),)
