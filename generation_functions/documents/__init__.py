"""Documents: an input folder as texts, with a reason for everything that is not one."""

from generation_functions.documents.document import Document, Limits, Reader, Skip
from generation_functions.documents.folder import read_documents
from generation_functions.documents.readers import READERS

__all__ = ["READERS", "Document", "Limits", "Reader", "Skip", "read_documents"]
