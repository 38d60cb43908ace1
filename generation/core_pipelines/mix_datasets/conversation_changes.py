"""What a mixture changes in conversations: system prompts taken out or put in, thoughts taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from generation.core_components.conversations.thoughts import thoughts_apart, without_thoughts
from generation_functions.rows import content_key

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """Shares, 0 to 1, of the conversations that each change is drawn for, by the seed and their content.

    drop_system    of those with a system prompt: it is taken out
    system_prompts, add_system  of those that came without one: one of these prompts is put in
    drop_thoughts  of those with thoughts: they are taken out
    """

    drop_system: float = 0.0
    system_prompts: Sequence[str] = ()
    add_system: float = 1.0
    drop_thoughts: float = 0.0

    @property
    def any(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.drop_system or self.drop_thoughts or (self.system_prompts and self.add_system))

    def made_to(self, messages: Sequence[Message], seed: int) -> list[Message]:
        """The conversation with its changes. The same conversation always gets the same ones."""
        key = content_key(seed, "change", list(messages))
        changed = list(messages)
        if messages[0]["role"] == "system":
            changed = changed[1:] if len(changed) > 1 and _draws(key, "drop system", self.drop_system) else changed
        elif self.system_prompts and _draws(key, "add system", self.add_system):
            prompt = Random(content_key(key, "which")).choice(list(self.system_prompts))
            changed = [{"role": "system", "content": prompt}, *changed]
        if not _draws(key, "thoughts", self.drop_thoughts):
            return changed
        return list(without_thoughts([thoughts_apart(message) for message in changed]))


def _draws(key: str, what: str, share: float) -> bool:
    return Random(content_key(key, what)).random() < share
