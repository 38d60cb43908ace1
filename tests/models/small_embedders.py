"""Embedding models of a few thousand numbers, made on the spot: a static one, a transformer, and a bare network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

KNOWN = (
    "the a of in was is by and bees dance tea canal ships suez lighthouse tower built who what when where rust iron"
    " water oxygen honey found opened asia voyage black green picked dried coast island engineer keeper counted"
)
QUERY, DOCUMENT = "query: ", "passage: "


def tokenizer_of(known: str = KNOWN) -> Any:
    """A token for each word it knows and one for all others, case folded."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {token: number for number, token in enumerate(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *known.split()))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def static_model(folder: Path, *, seed: int = 0, dimensions: int = 24, **config: Any) -> Path:
    """A static model, as its own library saves it."""
    from model2vec import StaticModel

    tokenizer = tokenizer_of()
    table = np.random.default_rng(seed).normal(size=(tokenizer.get_vocab_size(), dimensions)).astype(np.float32)
    model = StaticModel(table, tokenizer, config={"model_type": "model2vec"}, **{"normalize": True, **config})
    model.save_pretrained(folder)
    return folder


def bare_network(folder: Path, *, seed: int = 0, positions: int = 64) -> Path:
    """A BERT of two layers and random weights, as transformers saves it: it does not say how to pool."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    tokenizer = tokenizer_of()
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    size = {"vocab_size": tokenizer.get_vocab_size(), "max_position_embeddings": positions}
    BertModel(BertConfig(**shape, **size, pad_token_id=0)).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=positions,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def transformer_model(folder: Path, *, pooling: str = "mean", prompts: bool = False, **network: Any) -> Path:
    """The same as an embedding model, with its pooling, its normalisation and, perhaps, what it wants before a text."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    layers = Transformer(str(bare_network(folder.parent / f"{folder.name}-network", **network)))
    chain = [layers, Pooling(layers.get_embedding_dimension(), pooling), Normalize()]
    SentenceTransformer(modules=chain, device="cpu").save_pretrained(str(folder))
    if prompts:
        path = folder / "config_sentence_transformers.json"
        settings = json.loads(path.read_text())
        path.write_text(json.dumps({**settings, "prompts": {"query": QUERY, "passage": DOCUMENT}}))
    return folder
