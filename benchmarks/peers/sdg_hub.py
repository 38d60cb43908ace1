"""SDG Hub: its chat block over a table of messages, asked at once, saved as JSON lines."""

import sys

sys.path.pop(0)  # this file has the package's own name
import pandas
from sdg_hub.core.blocks import LLMChatBlock

sys.path.insert(0, __file__.rpartition("/")[0])
from measured import Saved, Task, main


def generate(task: Task) -> Saved:
    block = LLMChatBlock(
        block_name="answers", input_cols="messages", output_cols="answer", model="openai/fast",
        api_base=task.base_url, api_key="none", async_mode=True,
    )  # fmt: skip
    messages = [
        [{"role": "system", "content": task.system}, {"role": "user", "content": question}]
        for question in task.questions
    ]
    table = pandas.DataFrame({"question": list(task.questions), "messages": messages})
    made = block.generate(table, _flow_max_concurrency=task.in_flight)
    path = task.folder / "made.jsonl"
    made.to_json(path, orient="records", lines=True)

    def saved():
        kept = pandas.read_json(path, lines=True)
        return zip(kept["question"], (answer[0]["content"] for answer in kept["answer"]), strict=True)

    return saved


if __name__ == "__main__":
    main(generate)
