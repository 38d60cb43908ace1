"""Datasets: rows in the forms trainers read, written whole or not at all, with a card that says what they are."""

from generation_functions.datasets.card import CardFacts, render_card
from generation_functions.datasets.conversion import Conversion, Converted, can_convert, convert
from generation_functions.datasets.form import FAMILIES, Format, Spelled
from generation_functions.datasets.formats import FORMATS, common_format, format_named, format_of
from generation_functions.datasets.hub import Hub
from generation_functions.datasets.reader import detect_format, is_dataset_file, read_rows
from generation_functions.datasets.writer import begin_dataset, write_dataset
from generation_functions.datasets.writing import DatasetFile, DatasetWriting, Record, WrittenDataset

__all__ = [
    "FAMILIES",
    "FORMATS",
    "CardFacts",
    "Conversion",
    "Converted",
    "DatasetFile",
    "DatasetWriting",
    "Format",
    "Hub",
    "Record",
    "Spelled",
    "WrittenDataset",
    "begin_dataset",
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
