"""Chunks of documents: bounded in tokens, whole in paragraphs and sentences, nothing lost and nothing twice."""

from generation_functions.chunking.boilerplate import filter_boilerplate
from generation_functions.chunking.chunk import Chunk, ChunkBy, check_chunking
from generation_functions.chunking.cuts import Cut, Cutting
from generation_functions.chunking.documents import chunk_document, chunk_text
from generation_functions.chunking.processes import cut_documents
from generation_functions.chunking.sentences import sentence_spans
from generation_functions.chunking.tokenizer import token_counter

__all__ = [
    "Chunk",
    "ChunkBy",
    "Cut",
    "Cutting",
    "check_chunking",
    "chunk_document",
    "chunk_text",
    "cut_documents",
    "filter_boilerplate",
    "sentence_spans",
    "token_counter",
]
