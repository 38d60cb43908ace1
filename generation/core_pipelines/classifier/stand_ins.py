"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read."""

from __future__ import annotations

from generation.core_components.answers_elsewhere import InTagOrAll
from generation_functions.stand_ins import StandIn

_CLASSES = {"classes_desc": "classes", "classes_list": "classes", "class_list": "classes"}

write_rules = (StandIn("create_rules_for_desc", _CLASSES, InTagOrAll("rules")),)
label_text = (StandIn("create_labels_for_chunk", {"classes": "classes", "rules": "rules", "text": "text"}),)
