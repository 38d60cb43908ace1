"""Conversations in which an assistant calls tools, every call checked against its tool's schema."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from generation.core_components.languages import Language
from generation.core_components.shares import Share, check_shares
from generation.core_pipelines.tool_use.conversation import as_conversation
from generation.core_pipelines.tool_use.scenarios import ANYTHING, SHARES, Kind, plans
from generation.core_pipelines.tool_use.steps import check_talk, write_request
from generation.core_pipelines.tool_use.talk import talk
from generation.core_pipelines.tool_use.tools import Tool, check_tools
from generation_functions import Dataset, Model, Run


async def tool_use(
    run: Run,
    *,
    tools: Annotated[list[Tool], Field(description="The tools there are, in OpenAI's form, each with `returns`.")],
    writer: Annotated[Model, Field(description="Writes requests, the assistant's moves, and what tools answer.")],
    judge: Annotated[Model, Field(description="Decides which conversations are kept.")],
    conversations: Annotated[int, Field(ge=1, description="How many conversations to begin.")] = 100,
    setting: Annotated[str, Field(min_length=1, description="An assistant that ...: what it is for.")] = ANYTHING,
    shares: Annotated[dict[Kind, Share], Field(description="How often each kind of case is drawn.")] = dict(SHARES),  # noqa: B006
    offered: Annotated[int, Field(ge=1, le=64, description="Most tools an assistant is offered at once.")] = 5,
    moves: Annotated[int, Field(ge=2, le=12, description="Most moves of the assistant in a conversation.")] = 5,
    likeness: Annotated[float, Field(gt=0, le=1, description="From which likeness a request is a repetition.")] = 0.8,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes on a conversation; more than half must pass.")] = 3,
    language: Language = "English",
) -> Dataset:
    """Write conversations with function calls from the schemas of your tools."""
    check_tools(tools)
    check_shares("shares", shares)
    planned = list(plans(tools, conversations, shares=shares, offered=offered, seed=run.seed))
    talks = (
        run.rows([{**plan, "setting": setting} for plan in planned], name="plan")
        .through(write_request, model=writer, language=language)
        .deduplicate("request", threshold=likeness)
        .through(talk, model=writer, language=language, moves=moves)
        .through(check_talk, model=judge, votes=votes)
        .map(lambda row: {"metadata": {"kind": row["kind"]}}, name="label")
    )
    return await run.write(talks, "tool_use", as_conversation)
