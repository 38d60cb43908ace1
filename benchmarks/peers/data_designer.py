"""NeMo Data Designer: a seed column and a column written by a model; one row group of all rows, saved as Parquet."""

import sys

sys.path.pop(0)  # this file has the package's own name
import data_designer.config as dd
import pandas
from data_designer.interface import DataDesigner

sys.path.insert(0, __file__.rpartition("/")[0])
from measured import Saved, Task, main


def generate(task: Task) -> Saved:
    model = dd.ModelConfig(
        alias="writer", model="fast", provider="fast", skip_health_check=True,
        inference_parameters=dd.ChatCompletionInferenceParams(max_parallel_requests=task.in_flight),
    )  # fmt: skip
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=pandas.DataFrame({"question": list(task.questions)})))
    builder.add_column(
        dd.LLMTextColumnConfig(name="answer", model_alias="writer", prompt="{{ question }}", system_prompt=task.system)
    )
    provider = dd.ModelProvider(name="fast", endpoint=task.base_url, provider_type="openai", api_key="none")
    designer = DataDesigner(artifact_path=task.folder, model_providers=[provider])
    designer.set_run_config(
        dd.RunConfig(
            buffer_size=len(task.questions), otel_metrics_port=None,
            jinja_rendering_engine=dd.JinjaRenderingEngine.NATIVE,
        )
    )  # fmt: skip
    results = designer.create(builder, num_records=len(task.questions))

    def saved():
        rows = results.load_dataset()
        return zip(rows["question"], rows["answer"], strict=True)

    return saved


if __name__ == "__main__":
    main(generate)
