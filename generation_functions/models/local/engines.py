"""What makes the vector of a text, in a thread: a static model's table, or a transformer, one text at a time.

One text at a time, a thread a core, each with one thread of the arithmetic: a text's vector is then the same whatever
else is asked with it. Padded batches change the last bits of a vector with its neighbours, and took more processor
time, not less. No more than a text a thread is in memory at once.
"""

from __future__ import annotations

import threading
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from generation_functions.errors import EndpointUnusable
from generation_functions.models.local.folder import EmbeddingFolder

MOST_TOKENS: Final = 8_192
"""Of one text, where its model would read more: what bounds the memory that a text can take."""

Numbers = np.ndarray[Any, np.dtype[np.float32]]


class Embedded(NamedTuple):
    """A text's vector, the tokens that were read of it, and whether it may have more than its model reads."""

    vector: Numbers
    tokens: int
    cut: bool


class Engine(Protocol):
    """A loaded model. Several threads may ask it at once; each calls `begin` first."""

    dimensions: int
    most_tokens: int

    def begin(self) -> None:
        """Prepare the calling thread."""
        ...

    def embed(self, text: str) -> Embedded:
        """The vector of one text, by that text alone."""
        ...


def load_engine(folder: EmbeddingFolder, pooling: str | None) -> Engine:
    """Load a model. Slow. Raises `EndpointUnusable` where its files and its library do not go together."""
    try:
        return StaticEngine(folder) if folder.kind == "static" else TransformerEngine(folder, pooling)
    except MemoryError as exc:
        raise EndpointUnusable(f"{folder.path} does not fit into memory", hint="take a smaller model") from exc
    except Exception as exc:  # whatever a foreign library raises for files it cannot use
        line = " ".join(str(exc).split())[:300]
        raise EndpointUnusable(
            f"{folder.path} could not be loaded as an embedding model: {type(exc).__name__}: {line}",
            hint="check that its files are whole, and that the installed library knows its kind",
        ) from exc


class StaticEngine:
    """A vector for each token, and a text's is their mean: needs no torch, and a moment for a thousand texts."""

    def __init__(self, folder: EmbeddingFolder) -> None:
        from model2vec import StaticModel

        self.most_tokens = min(int(folder.config.get("max_length") or MOST_TOKENS), MOST_TOKENS)
        self._model = StaticModel.from_pretrained(folder.path, normalize=folder.normalises, max_length=self.most_tokens)
        self.dimensions = int(self._model.dim)

    def begin(self) -> None:
        """Nothing to prepare."""

    def embed(self, text: str) -> Embedded:
        """See `Engine`. A text that has no known token has a vector of zeros."""
        tokens = len(self._model.tokenize([text])[0])
        vector = self._model.encode([text], use_multiprocessing=False)[0]
        return Embedded(np.asarray(vector, dtype=np.float32), tokens, tokens >= self.most_tokens)


class TransformerEngine:
    """A network with the pooling and the normalisation that its own files say, on the processor, in 32-bit floats."""

    def __init__(self, folder: EmbeddingFolder, pooling: str | None) -> None:
        quieten()
        self._model = _loaded(folder, pooling)
        self._model.eval()
        read = self._model.max_seq_length
        self.most_tokens = min(read or MOST_TOKENS, MOST_TOKENS)
        self._model.max_seq_length = self.most_tokens
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self._tokenizing = threading.Lock()

    def begin(self) -> None:
        """One thread of arithmetic for this one."""
        import torch

        torch.set_num_threads(1)

    def embed(self, text: str) -> Embedded:
        """See `Engine`."""
        import torch

        with torch.inference_mode():
            with self._tokenizing:  # a tokenizer's settings are no thread's own
                features = self._model.preprocess([text])
            tokens = int(features["input_ids"].shape[-1])
            vector = self._model(features)["sentence_embedding"][0]
        return Embedded(vector.float().numpy(), tokens, tokens >= self.most_tokens)


def _loaded(folder: EmbeddingFolder, pooling: str | None) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    weights = {"use_safetensors": True, "dtype": "float32", "local_files_only": True}
    if folder.kind == "checkpoint":
        network = Transformer(str(folder.path), model_kwargs=weights)
        modules = [network, Pooling(network.get_embedding_dimension(), pooling)]
        return SentenceTransformer(modules=modules, device="cpu")
    return SentenceTransformer(
        str(folder.path), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs=weights
    )


def quieten() -> None:
    """Keep the libraries' progress bars and remarks off the terminal, which is the run's."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
