"""datatrove's inference runner: a rollout of one call a document, with the checkpoints that let it be resumed."""

import json
import sys

sys.path.pop(0)  # this file has the package's own name
from datatrove.data import Document
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.writers import JsonlWriter

sys.path.insert(0, __file__.rpartition("/")[0])
from measured import Saved, Task, main


def generate(task: Task) -> Saved:
    async def answered(document, generate):
        messages = [{"role": "system", "content": task.system}, {"role": "user", "content": document.text}]
        return await generate({"messages": messages})

    config = InferenceConfig(
        server_type="endpoint", model_name_or_path="fast", endpoint_url=task.base_url.removesuffix("/v1"),
        max_concurrent_generations=task.in_flight, max_concurrent_documents=task.in_flight,
    )  # fmt: skip
    writer = JsonlWriter(str(task.folder / "made"), output_filename="${rank}_${chunk_index}.jsonl", compression=None)
    runner = InferenceRunner(
        answered, config, writer, checkpoints_local_dir=str(task.folder / "checkpoints"),
        records_per_chunk=len(task.questions),
    )  # fmt: skip
    runner.run([Document(text=question, id=str(n)) for n, question in enumerate(task.questions)])

    def saved():
        for path in (task.folder / "made").rglob("*.jsonl"):
            for row in map(json.loads, path.read_text().splitlines()):
                yield row["text"], row["metadata"]["rollout_results"][0]["text"]

    return saved


if __name__ == "__main__":
    main(generate)
