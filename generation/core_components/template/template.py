"""Poems from pages: the pipeline to copy. `./start.sh new NAME` makes it yours."""

from pathlib import Path
from typing import Any

from pydantic import PositiveInt

from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.template.offline_rules import poem_of_first_words
from generation_functions import Dataset, Model, PipelineStep, Row, Run
from generation_functions.parsing import tag


def at_least_four_lines(poem: str, row: Row) -> str | None:
    lines = len(poem.splitlines())
    return None if lines >= 4 else f"The poem has {lines} lines and needs at least four."


write_poem = PipelineStep(
    "write_poem",  # fills prompts/write_poem.yaml from the row
    parse=tag("poem"),
    into="poem",
    validate=at_least_four_lines,
    retries=3,
    sampling={"temperature": 0.9, "max_tokens": 1000},
    offline=poem_of_first_words,
)


async def template(
    run: Run, *, input_dir: Path, writer: Model, chunk_tokens: PositiveInt = 800, language: Language = OWN_LANGUAGE
) -> Dataset:
    """Write a poem inspired by each chunk of your documents."""
    chunks = run.read(input_dir).chunk(max_tokens=chunk_tokens)
    return await run.write(chunks.through(write_poem, model=writer, language=language), "poems", as_chat)


def as_chat(row: Row) -> dict[str, Any]:
    question = {"role": "user", "content": f"Write a poem inspired by this:\n\n{row['text']}"}
    return {"messages": [question, {"role": "assistant", "content": row["poem"]}]}
