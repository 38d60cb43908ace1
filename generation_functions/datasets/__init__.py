"""Datasets: rows in the forms trainers read, written whole or not at all, with a card that says what they are."""

from generation_functions.datasets.card import CardFacts, render_card
from generation_functions.datasets.formats import FORMATS, Format, format_named
from generation_functions.datasets.writer import DatasetFile, Record, WrittenDataset, write_dataset

__all__ = [
    "FORMATS",
    "CardFacts",
    "DatasetFile",
    "Format",
    "Record",
    "WrittenDataset",
    "format_named",
    "render_card",
    "write_dataset",
]
