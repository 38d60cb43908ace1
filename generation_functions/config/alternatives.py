"""A model written as a list of alternatives: the first whose every `${NAME}` is set is the one that is used.

    writer:
      - {model: gpt-4.1-mini, api_key: "${OPENAI_API_KEY}"}
      - {provider: offline}

So one config runs with a key and without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from generation_functions.config.environment import Environment, Expansion, references
from generation_functions.config.explanations import Subject, explain
from generation_functions.config.secrets import literal_key_problems
from generation_functions.config.signature import known_keys
from generation_functions.config.tree import Node
from generation_functions.errors import Problem
from generation_functions.models.model import ModelSpec


@dataclass(slots=True)
class Alternatives:
    """What choosing found: why each model is the one it is, by name, and what is wrong in any alternative."""

    environment: Environment
    reasons: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def choose(self, root: Node, shared: Mapping[str, Node]) -> tuple[Node, dict[str, Node]]:
        """A config and the shared models, with one alternative in place of each list of them."""
        own = root.items.get("models", Node(None))
        left = {name: node for name, node in shared.items() if name not in own.items}
        chosen = self._each(left)
        if own.items:
            root = root.with_item("models", replace(own, value=self._each(own.items)))
        return root, {**shared, **chosen}

    def _each(self, models: Mapping[str, Node]) -> dict[str, Node]:
        return {name: self._chosen(name, node) if _is_list(node) else node for name, node in models.items()}

    def _chosen(self, name: str, node: Node) -> Node:
        written = node.value if isinstance(node.value, list) else []
        if not written:
            self.problems.append(node.written_at.problem(f"'models.{name}' is an empty list", "write one alternative"))
            return replace(node, value={"provider": Node("offline")}, broken=True)
        unset = [self._unset(alternative) for alternative in written]
        index = next((index for index, names in enumerate(unset) if not names), 0)
        for other, alternative in enumerate(written):
            if other != index:
                self.problems += self._problems(f"{name}.{other}", alternative)
        self.reasons[name] = _reason(written[index], unset[index], unset[:index])
        return replace(written[index], key_at=node.key_at)

    def _unset(self, alternative: Node) -> list[str]:
        # An empty value is what an unset key looks like in many a shell and container.
        return [name for name in _names_in(alternative) if not self.environment.values.get(name, "").strip()]

    def _problems(self, name: str, alternative: Node) -> Iterator[Problem]:
        """What is wrong with an alternative that is not used this time; that its names are not set is no problem."""
        yield from literal_key_problems(alternative)
        if not isinstance(alternative.value, dict):
            yield alternative.at.problem(f"'models.{name}' must be a mapping", "write model:, base_url: and api_key:")
            return
        try:
            ModelSpec.model_validate(alternative.plain())
        except ValidationError as exc:
            expanded = Expansion(self.environment).expand(alternative)
            yield from explain(exc, Subject(expanded, known_keys(ModelSpec), ("models", name)))


def _is_list(node: Node) -> bool:
    return isinstance(node.value, list)


def _names_in(node: Node) -> list[str]:
    texts = [child.value for _, child in node.walk() if isinstance(child.value, str)]
    return list(dict.fromkeys(name for text in texts for name in references(text)))


def _reason(chosen: Node, missing: list[str], passed_over: list[list[str]]) -> str:
    """Why this alternative: the names it needs are set, or those of the ones before it are not."""
    skipped = list(dict.fromkeys(name for names in passed_over for name in names))
    parts = []
    if not missing and (names := _names_in(chosen)):
        parts.append(f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} set")
    if skipped:
        parts.append(f"{' and '.join(skipped)} {'is' if len(skipped) == 1 else 'are'} not set")
    return ", ".join(parts) or "it is the first of its alternatives"
