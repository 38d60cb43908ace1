"""Datasets: rows in the forms trainers read, written whole or not at all, with a card that says what they are."""

from generation_functions.datasets.card import CardFacts, DatasetFacts, FileFacts, ModelFacts, StepFacts, render_card
from generation_functions.datasets.formats import FORMATS, Format
from generation_functions.datasets.writer import DatasetFile, Record, WrittenDataset, write_dataset

__all__ = [
    "FORMATS",
    "CardFacts",
    "DatasetFacts",
    "DatasetFile",
    "FileFacts",
    "Format",
    "ModelFacts",
    "Record",
    "StepFacts",
    "WrittenDataset",
    "render_card",
    "write_dataset",
]
