"""The `models:` of a config: which are used, what each says, and the shared ones a super config adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from generation_functions.config.annotations import core_type, mentions_model, settings_pipeline
from generation_functions.config.environment import Expansion, references
from generation_functions.config.explanations import Subject, explain
from generation_functions.config.signature import Signature, known_keys, signature_of, type_at
from generation_functions.config.tree import Node
from generation_functions.errors import EndpointUnusable, Problem
from generation_functions.models.address import problem_of_url
from generation_functions.models.model import EndpointSpec, Model, ModelSpec


@dataclass(slots=True)
class ModelSection:
    """The models of one run.

    written  each model as it stands in the config, or in the super config where it is used.
    nodes    the same with references replaced, without those that nobody uses and that lack their key.
    models   those that are right; `broken` the names of the others.
    """

    written: dict[str, Node] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def with_shared_models(root: Node, shared: Mapping[str, Node]) -> Node:
    """The config with the shared models added; its own win by name."""
    own = root.items.get("models", Node({}))
    if not shared or not isinstance(own.value, dict):
        return root
    return root.with_item("models", replace(own, value={**shared, **own.items}))


def read_models(
    root: Node, values: Mapping[str, Node], signature: Signature, environment: Expansion, shared: Mapping[str, Node]
) -> ModelSection:
    """Read a config's models. Those nobody names may lack their `${NAME}`; shared ones nobody names are left out."""
    written = root.items.get("models", Node({}))
    section = ModelSection()
    if not isinstance(written.value, dict | None):
        section.problems.append(written.written_at.problem("'models' must be a mapping of names to endpoints"))
        return section
    named = named_models(values, signature)
    for name, node in written.items.items():
        # A misspelled name may have meant any of them, so all are looked at.
        used = name in named or not named <= written.items.keys() or not takes_models(signature)
        if used or shared.get(name) is not node:
            section.written[name] = node
            _read(section, name, node, environment, used=used)
    return section


def _read(section: ModelSection, name: str, node: Node, environment: Expansion, *, used: bool) -> None:
    attempt = Expansion(environment.environment, environment.used)
    expanded = name_keys(attempt.expand(node), Model)
    if attempt.problems and not used:
        return
    section.problems += attempt.problems
    environment.unset |= attempt.unset
    section.nodes[name] = expanded
    section.problems += _spec_problems(section, name, expanded, used=used)
    if name not in section.models:
        section.broken.add(name)


def _spec_problems(section: ModelSection, name: str, node: Node, *, used: bool) -> list[Problem]:
    subject = Subject(node, known_keys(ModelSpec), ("models", name))
    if not isinstance(node.value, dict):
        return [
            node.written_at.problem(f"'models.{name}' must be a mapping", "write model:, base_url: and api_key: in it")
        ]
    try:
        spec = ModelSpec.model_validate(node.plain())
    except ValidationError as exc:
        return explain(exc, subject)
    problems = endpoint_problems(node, spec, f"models.{name}", used=used)
    if not problems and node.is_whole():
        section.models[name] = Model(name, spec)
    return problems


def endpoint_problems(node: Node, spec: ModelSpec, name: str, *, used: bool = True) -> list[Problem]:
    """What no field says alone: an endpoint needs a model's name, a key that is set must not be empty, and a local
    model that is used must be there."""
    problems = []
    if spec.provider != "offline" and not spec.model:
        problems.append(
            node.written_at.problem(
                f"missing '{name}.model': the model's name, as the endpoint knows it",
                "add 'model: ...', or 'provider: offline'",
            )
        )
    problems += _url_problems(node, name)
    key = node.items.get("api_key")
    if key is not None and key.reference is not None and not str(key.value).strip():
        problems.append(key.at.problem(f"'{name}.api_key': {key.reference} is set but empty", "give it a value"))
    if used and spec.provider == "local" and spec.model and node.is_whole():
        problems += _local_problems(node, spec, name)
    return problems


def _url_problems(node: Node, name: str) -> list[Problem]:
    endpoints = node.items.get("endpoints", Node(None)).value
    places = [(name, node)]
    if isinstance(endpoints, list):
        places += [(f"{name}.endpoints.{n}", endpoint) for n, endpoint in enumerate(endpoints)]
    problems = []
    for place, written in places:
        url = written.items.get("base_url")
        if url is not None and isinstance(url.value, str) and url.is_whole():
            problem, hint = problem_of_url(url.value, url.reference or repr(url.value))
            problems += [url.written_at.problem(f"'{place}.base_url' {problem}", hint)] if problem else []
    return problems


def _local_problems(node: Node, spec: ModelSpec, name: str) -> list[Problem]:
    from generation_functions.models.local.client import checked_folder

    try:
        checked_folder(spec)
    except EndpointUnusable as exc:
        at = node.items.get("model", node)
        return [at.written_at.problem(f"'{name}': {exc.message}", exc.hint)]
    return []


def name_keys(node: Node, annotation: Any) -> Node:
    """The value with the variable's name beside each model's key: errors can name it without showing the key."""
    if isinstance(node.value, list):
        return replace(node, value=[name_keys(item, type_at(annotation, ("0",))) for item in node.value])
    if not isinstance(node.value, dict):
        return node
    children = {key: name_keys(child, type_at(annotation, (key,))) for key, child in node.items.items()}
    key = children.get("api_key")
    if core_type(annotation) in (Model, EndpointSpec) and key is not None and key.reference is not None:
        children["api_key_name"] = Node(references(key.reference)[0], key.at, key.key_at)
    return replace(node, value=children)


def named_models(values: Mapping[str, Node], signature: Signature) -> set[str]:
    """The names of models that a config's parameters use, those of nested pipelines too."""
    names: set[str] = set()
    for name, node in values.items():
        annotation = signature.parameters[name].annotation if name in signature.parameters else Any
        pipeline = settings_pipeline(annotation)
        if pipeline is not None:
            inner = [node] if isinstance(node.value, dict) else (node.value if isinstance(node.value, list) else [])
            names |= {found for item in inner for found in named_models(item.items, signature_of(pipeline))}
        elif mentions_model(annotation):
            names |= _names_in(node)
    return names


def _names_in(node: Node) -> set[str]:
    if isinstance(node.value, list):
        return {name for item in node.value for name in _names_in(item)}
    return {node.value} if isinstance(node.value, str) and node.is_whole() else set()


def takes_models(signature: Signature) -> bool:
    """Whether any parameter, of this pipeline or of one nested in it, is a model."""
    annotations = [parameter.annotation for parameter in signature.parameters.values()]
    nested = (settings_pipeline(annotation) for annotation in annotations)
    return any(map(mentions_model, annotations)) or any(takes_models(signature_of(p)) for p in nested if p)
