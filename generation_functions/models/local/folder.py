"""The folder of an embedding model, read without loading it: what kind it is, and what its own files say of its use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import orjson

from generation_functions.errors import EndpointUnusable
from generation_functions.models.local.places import folder_of
from generation_functions.models.model import ModelSpec

Kind: TypeAlias = Literal["static", "modules", "checkpoint"]
"""A table of a vector a token; a chain of modules; a bare network, whose tokens somebody else must make one vector."""

LIBRARIES: Final[Mapping[Kind, tuple[str, str]]] = {
    "static": ("model2vec", "model2vec"),
    "modules": ("sentence_transformers", "sentence-transformers"),
    "checkpoint": ("sentence_transformers", "sentence-transformers"),
}
"""What runs each kind: the module's name, and the package's."""

_OWN_MODULES: Final = "sentence_transformers."
_EMBEDS: Final = "SentenceTransformer"
_STATIC_FILES: Final = ("", "0_StaticEmbedding")
_QUERY_PROMPTS: Final = ("query",)
_DOCUMENT_PROMPTS: Final = ("document", "passage")


@dataclass(frozen=True, slots=True)
class EmbeddingFolder:
    """What a folder holds.

    modules     folders of its parts, itself first
    normalises  whether its vectors have length 1 by its own files
    query, document  what its own files want before a question, and before a text that is searched
    """

    path: Path
    kind: Kind
    modules: tuple[Path, ...]
    normalises: bool = False
    query: str = ""
    document: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


def read_folder(spec: ModelSpec) -> EmbeddingFolder:
    """Read what a local model's folder says of itself. Raises `EndpointUnusable` for one that cannot be used."""
    path = folder_of(spec.model)
    modules = _modules(path)
    config = _json(path / "config.json") or {}
    if not modules and not config:
        raise EndpointUnusable(
            f"{path} holds no embedding model: it has neither modules.json nor config.json",
            hint="name the folder that holds the model's own files",
        )
    kind = _kind(path, modules, config, spec)
    folders = tuple(dict.fromkeys([path, *(path / str(module.get("path", "")) for module in modules)]))
    _check_weights(folders, kind)
    normalises = any(_type(module).endswith(".Normalize") for module in modules) or bool(config.get("normalize"))
    settings = _json(path / "config_sentence_transformers.json") or {}
    _check_whole(path, str(settings.get("model_type") or _EMBEDS))
    query, document = _prompts(settings)
    return EmbeddingFolder(path, kind, folders, normalises, query, document, config)


def missing_library(folder: EmbeddingFolder) -> EndpointUnusable | None:
    """The error where the library that runs a folder's kind is not installed."""
    module, package = LIBRARIES[folder.kind]
    if find_spec(module) is not None:
        return None
    return EndpointUnusable(
        f"{folder.path} needs {package}, which is not installed",
        hint="MILLRACE_EMBEDDINGS=1 ./start.sh doctor installs what local models need, once; or only this:"
        f" .venv/bin/python -m pip install {package}",
    )


def _modules(path: Path) -> list[Mapping[str, Any]]:
    listed = _json(path / "modules.json")
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise EndpointUnusable(f"{path / 'modules.json'} is no list of modules")
    for module in listed:
        _check_module(path, _type(module))
        folder = path / str(module.get("path", ""))
        if not folder.resolve().is_relative_to(path.resolve()):
            raise EndpointUnusable(f"{path / 'modules.json'} leads out of its folder, to {folder}")
    return listed


def _check_module(path: Path, kind: str) -> None:
    if not kind.startswith(_OWN_MODULES):
        raise EndpointUnusable(
            f"{path} needs code of its own ({kind or 'a module without a type'}), which is never run",
            hint="serve it where you trust that code, and name its endpoint",
        )


def _check_whole(path: Path, whole: str) -> None:
    if whole != _EMBEDS:
        raise EndpointUnusable(
            f"{path} is a {whole}, which gives no vector a text",
            hint="name an embedding model: one of the kind SentenceTransformer, or a static one",
        )


def _kind(path: Path, modules: Sequence[Mapping[str, Any]], config: Mapping[str, Any], spec: ModelSpec) -> Kind:
    architectures = [str(each) for each in config.get("architectures") or ()]
    if _is_static(modules, config, architectures):
        return "static"
    if modules:
        return "modules"
    if spec.pooling is not None:
        return "checkpoint"
    raise EndpointUnusable(
        f"{path} does not say how the vectors of a text's tokens become one"
        f" (a bare {', '.join(architectures) or config.get('model_type') or 'network'}, with no modules.json)",
        hint="name an embedding model, or give this one `pooling:` (mean, cls, max or lasttoken) as its makers say",
    )


def _is_static(modules: Sequence[Mapping[str, Any]], config: Mapping[str, Any], architectures: Sequence[str]) -> bool:
    if modules:
        return _type(modules[0]).endswith(".StaticEmbedding")
    return "StaticModel" in architectures or config.get("model_type") == "model2vec"


def _check_weights(folders: Sequence[Path], kind: Kind) -> None:
    path = folders[0]
    if kind == "static":
        places = [path / place for place in _STATIC_FILES]
        if not any((at / "model.safetensors").is_file() and (at / "tokenizer.json").is_file() for at in places):
            raise EndpointUnusable(
                f"{path} lacks model.safetensors or tokenizer.json", hint="bring the model's files again"
            )
        return
    pickled = [at for at in folders if list(at.glob("pytorch_model*.bin")) and not list(at.glob("model*.safetensors"))]
    if pickled:
        raise EndpointUnusable(
            f"{pickled[0]} has its weights as a pickle only, which can run code",
            hint="save the model as safetensors, or take a copy that its makers saved so",
        )
    if not any(list(at.glob("model*.safetensors")) for at in folders):
        raise EndpointUnusable(f"{path} holds no weights (model.safetensors)", hint="bring the model's files again")


def _prompts(settings: Mapping[str, Any]) -> tuple[str, str]:
    prompts = settings.get("prompts") or {}
    default = prompts.get(settings.get("default_prompt_name") or "", "")

    def first(names: Sequence[str]) -> str:
        return str(next((prompts[name] for name in names if name in prompts), default) or "")

    return first(_QUERY_PROMPTS), first(_DOCUMENT_PROMPTS)


def _type(module: Mapping[str, Any]) -> str:
    return str(module.get("type", ""))


def _json(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return orjson.loads(file.read())
    except (OSError, orjson.JSONDecodeError) as exc:
        raise EndpointUnusable(f"{path} cannot be read as JSON: {exc}", hint="bring the model's files again") from exc
