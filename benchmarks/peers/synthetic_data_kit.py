"""synthetic-data-kit: its client's batches, as many calls each as may be in flight, saved as one JSON file.

Between two batches it sleeps for half a second, unless its configuration says otherwise: here it does.
"""

import json
import sys

sys.path.pop(0)  # this file has the package's own name
from synthetic_data_kit.models.llm_client import LLMClient

sys.path.insert(0, __file__.rpartition("/")[0])
from measured import Saved, Task, main


def generate(task: Task) -> Saved:
    client = LLMClient(provider="api-endpoint", api_base=task.base_url, api_key="none", model_name="fast")
    client.sleep_time = 0
    messages = [
        [{"role": "system", "content": task.system}, {"role": "user", "content": question}]
        for question in task.questions
    ]
    answers = client.batch_completion(messages, batch_size=task.in_flight)
    path = task.folder / "made.json"
    pairs = [{"question": question, "answer": answer} for question, answer in zip(task.questions, answers, strict=True)]
    path.write_text(json.dumps(pairs))
    return lambda: [(pair["question"], pair["answer"]) for pair in json.loads(path.read_text())]


if __name__ == "__main__":
    main(generate)
