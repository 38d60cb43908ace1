"""Duplicates: texts that are the same or nearly so, found among any number of them."""

from generation_functions.duplicates.index import Duplicate, DuplicateIndex
from generation_functions.duplicates.words import shingles, similarity

__all__ = ["Duplicate", "DuplicateIndex", "shingles", "similarity"]
