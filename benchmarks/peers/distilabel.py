"""distilabel: a text generation task over a list of rows; a batch is as many calls as may be in flight."""

import sys

sys.path.pop(0)  # this file has the package's own name
from datasets import load_from_disk
from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

sys.path.insert(0, __file__.rpartition("/")[0])
from measured import Saved, Task, main


def generate(task: Task) -> Saved:
    with Pipeline(name="answers", cache_dir=task.folder / "cache") as pipeline:
        rows = LoadDataFromDicts(
            data=[{"instruction": question, "system_prompt": task.system} for question in task.questions],
            batch_size=task.in_flight,
        )
        answers = TextGeneration(
            llm=OpenAILLM(model="fast", base_url=task.base_url, api_key="none"),
            input_batch_size=task.in_flight, add_raw_output=False, add_raw_input=False,
        )  # fmt: skip
        rows >> answers
    made = pipeline.run(use_cache=False)
    made["default"]["train"].save_to_disk(task.folder / "made")

    def saved():
        kept = load_from_disk(task.folder / "made")
        return zip(kept["instruction"], kept["generation"], strict=True)

    return saved


if __name__ == "__main__":
    main(generate)
