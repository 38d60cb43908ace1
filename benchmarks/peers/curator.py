"""Bespoke Curator: an `LLM` whose prompts are the rows; answers are kept in its cache as they come."""

from bespokelabs.curator import LLM
from datasets import Dataset
from measured import Saved, Task, main


class Asked(LLM):
    """One question a row."""

    system = ""

    def prompt(self, row):
        return [{"role": "system", "content": self.system}, {"role": "user", "content": row["question"]}]

    def parse(self, row, answer):
        return {"question": row["question"], "answer": answer}


def generate(task: Task) -> Saved:
    limits = {"max_requests_per_minute": 10_000_000, "max_tokens_per_minute": 10_000_000_000}
    asked = Asked(
        model_name="fast",
        backend="openai",
        backend_params={
            "base_url": task.base_url, "api_key": "none", "max_concurrent_requests": task.in_flight, **limits,
        },
    )  # fmt: skip
    asked.system = task.system
    rows = Dataset.from_dict({"question": list(task.questions)})
    answered = asked(rows, working_dir=str(task.folder)).dataset
    return lambda: zip(answered["question"], answered["answer"], strict=True)


if __name__ == "__main__":
    main(generate)
