"""A folder of prompts as Augmentoolkit 3 has them, and a fake endpoint that answers in the forms they ask for.

The prompts are our own, with its names of files, its places in braces and its words for answers.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.project import Project
from tests.fake_endpoint.server import FakeEndpoint, running

Answers = Mapping[str, str | Callable[[str], str]]
"""By the name of a file: what is answered to it, or a function of what it asked."""


FROM_CHUNKS = {"input_dir": "", "writer": "fake", "judge": "fake", "chunk_tokens": 110, "votes": 1}


@dataclass
class Theirs:
    """Prompts of theirs in a folder of a project.

    files    name of a file (with its folder, without its ending) → what its last message asks, with places in braces
    answers  name of a file, or words of a prompt of ours → the answer to it
    """

    project: Project
    files: Mapping[str, str]
    answers: Answers
    asked: Counter[str] = field(default_factory=Counter)
    last: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that the config names."""
        return self.project.folder / "prompts_override"

    def write(self, *, plain: bool = False) -> None:
        """Write the files: chat prompts, or plain text for completions."""
        for name, asks in self.files.items():
            path = self.folder / f"{name}.{'txt' if plain else 'yaml'}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{opening(name)}\n\n{asks}\n" if plain else chat(name, asks), encoding="utf-8")

    def answer(self, body: dict[str, Any]) -> str:
        """The fake's answer to a request; one that none of the files can have made is an error."""
        said = body.get("prompt") or "\n".join(message["content"] for message in body["messages"])
        known = sorted(self.answers, key=len, reverse=True)
        name = next((name for name in known if (opening(name) if name in self.files else name) in said), None)
        assert name is not None, f"asked by no file of the folder: {said[:300]}"
        self.asked[name] += 1
        self.last[name] = said if "prompt" in body else body["messages"][-1]["content"]
        answer = self.answers[name]
        return answer if isinstance(answer, str) else answer(said)

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        """The rows of a dataset."""
        lines = (self.project.output / "datasets" / f"{dataset}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def texts_of(row: Mapping[str, Any]) -> list[str]:
    """What is said in a row's conversation, without a system prompt."""
    return [turn["content"] for turn in row["messages"] if turn["role"] != "system"]


def opening(name: str) -> str:
    """What the prompt of this file begins with."""
    return f"These are the instructions of {name}."


def chat(name: str, asks: str) -> str:
    """A chat prompt: instructions with braces that are no places, an example of two turns, and what it asks."""
    told = f'{opening(name)} Mind code such as {{"a": {{"b": 1}}}} and the unknown {{placeholder}}.'
    turns = [("system", told), ("user", "An example?"), ("assistant", "An example."), ("user", asks)]
    return yaml.safe_dump([{"role": role, "content": content} for role, content in turns], sort_keys=False)


@asynccontextmanager
async def answered(theirs: Theirs) -> AsyncIterator[Callable[..., None]]:
    """An endpoint that answers for the folder's files; gives what writes the config, with changes to it."""
    async with running(FakeEndpoint(answer=theirs.answer)) as base_url:

        def config(mode: str = "chat", provider: str = "openai", **changes: Any) -> None:
            model = {"model": "fake-model", "base_url": base_url, "api_key": "${FAKE_KEY}", "mode": mode}
            written = model if provider == "openai" else {"provider": provider}
            project = theirs.project
            settings = {
                "pipeline": project.pipeline, "output_dir": str(project.output), "models": {"fake": written},
                "prompts": str(theirs.folder), **(FROM_CHUNKS if not project.settings else project.settings),
            }  # fmt: skip
            if "input_dir" in settings:
                settings["input_dir"] = str(project.inputs)
            (project.folder / "config.yaml").write_text(yaml.safe_dump({**settings, **changes}))

        yield config


async def used(theirs: Theirs, **changes: Any) -> str:
    """What validate says of the folder; the pipeline has run with it, and again without paying for anything."""
    async with answered(theirs) as config:
        config(**changes)
        status, told = await called(theirs.project, "validate")
        assert status == 0, told
        status, said = await called(theirs.project, "run")
        assert status == 0, said
        paid = dict(theirs.asked)
        (theirs.project.output / ".finished.json").unlink(missing_ok=True)
        status, said = await called(theirs.project, "run")
        assert (status, theirs.asked) == (0, paid), said
    return told.replace(str(theirs.folder), "the folder")


async def called(project: Project, verb: str) -> tuple[int, str]:
    """A command's exit status over the project's config, and all it said."""
    done = await asyncio.to_thread(project.call, verb, str(project.folder / "config.yaml"))
    return done.returncode, done.stdout + done.stderr
