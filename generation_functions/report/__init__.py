"""The data report: figures of a dataset, what looks wrong in them, and a page to read them on."""

from generation_functions.report.contamination import HeldOut, held_out_text
from generation_functions.report.datasets_to_survey import FileRows, RunRows
from generation_functions.report.figures import FORMAT, Figures, Finding, as_json
from generation_functions.report.findings import findings_of
from generation_functions.report.page import GENERATOR, page_of
from generation_functions.report.rows_in import SUFFIXES, rows_in
from generation_functions.report.survey import Effort, Question, survey

__all__ = [
    "FORMAT", "GENERATOR", "SUFFIXES", "Effort", "Figures", "FileRows", "Finding", "HeldOut", "Question", "RunRows",
    "as_json", "findings_of", "held_out_text", "page_of", "rows_in", "survey",
]  # fmt: skip
