"""Datasets: rows in the forms trainers read, written whole or not at all, with a card that says what they are."""

from generation_functions.datasets.card import CardFacts, render_card
from generation_functions.datasets.conversion import Conversion, Converted, can_convert, convert
from generation_functions.datasets.form import FAMILIES, Format, Spelled
from generation_functions.datasets.formats import FORMATS, common_format, format_named, format_of
from generation_functions.datasets.hub import Hub
from generation_functions.datasets.reader import detect_format, is_dataset_file, read_rows
from generation_functions.datasets.writer import DatasetFile, Record, WrittenDataset, write_dataset

__all__ = [
    "FAMILIES",
    "FORMATS",
    "CardFacts",
    "Conversion",
    "Converted",
    "DatasetFile",
    "Format",
    "Hub",
    "Record",
    "Spelled",
    "WrittenDataset",
    "can_convert",
    "common_format",
    "convert",
    "detect_format",
    "format_named",
    "format_of",
    "is_dataset_file",
    "read_rows",
    "render_card",
    "write_dataset",
]
