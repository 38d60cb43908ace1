"""Chunks of documents: bounded in tokens, whole in paragraphs and sentences, nothing lost and nothing twice."""

from generation_functions.chunking.chunk import Chunk, chunk_document, chunk_text
from generation_functions.chunking.sentences import sentence_spans

__all__ = ["Chunk", "chunk_document", "chunk_text", "sentence_spans"]
