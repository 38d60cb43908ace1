"""Existing conversations: read from datasets in any format, taken apart and put together again.

    talks = conversations(run, path).filter(answered)

Each row has `messages` (role and content, thoughts apart from the content) and `metadata` (what else the row said).
"""

from generation.core_components.conversations.source import conversations
from generation.core_components.conversations.thoughts import ThoughtsAs, with_thoughts, without_thoughts
from generation.core_components.conversations.turns import answered, answers, question_of, system_of, with_system

__all__ = [
    "ThoughtsAs",
    "answered",
    "answers",
    "conversations",
    "question_of",
    "system_of",
    "with_system",
    "with_thoughts",
    "without_thoughts",
]
