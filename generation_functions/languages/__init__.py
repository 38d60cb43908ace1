"""Languages: which one a text is written in."""

from generation_functions.languages.detection import UNDETERMINED, detect_language

__all__ = ["UNDETERMINED", "detect_language"]
