"""The dataset card: complete, the same every time, loud about the offline writer, and safe for any name."""

from dataclasses import replace

import pytest
import yaml

from generation_functions.datasets import CardFacts, render_card

FILES = ["qa.jsonl", "qa.validation.jsonl", "qa.sharegpt.jsonl", "qa.sharegpt.validation.jsonl", "qa.parquet"]
PAID = {"answers": 4000, "input_tokens": 1_000_000, "output_tokens": 200_000, "cost_usd": 1.03, "estimated": True}
FACTS = CardFacts(
    pipeline="factual-qa",
    datasets={"qa": {"rows": 1200, "validation_rows": 60, "files": FILES, "notes": ["a <note>"]}},
    example={"qa": {"messages": [{"role": "user", "content": "What is ```tea```?"}]}},
    sources={"tea.md": 1000, "a|b`c\n.txt": 260},
    languages={"en": 900, "de": 350, "und": 10},
    unread={"scan.pdf": ".pdf is not supported"},
    lost={"check_answer: not accurate": 31},
    steps={"check_answer": {"in": 2000, "out": 1260, "failed": 3, "dropped": {"no verdict": 37, "not accurate": 700}}},
    models={"DeepSeek-V3": PAID},
    prompts={"ask": "abc123"},
    seed=7,
    versions={"millrace": "0.1.0"},
)


def front_matter(card: str) -> dict:
    _, front, _ = card.split("---\n", 2)
    return yaml.safe_load(front)


@pytest.mark.parametrize(
    "said",
    [
        "**Train on `qa.jsonl`**: 1,200 rows.",
        "Validate with `qa.validation.jsonl`: 60 rows",
        "| `qa.jsonl` | train, JSONL | 1,200 |",
        "| `qa.sharegpt.validation.jsonl` | validation, JSONL, as sharegpt | 60 |",
        "| `qa.parquet` | train, Parquet | 1,200 |",
        "- a \\<note\\>",
        "The rows come from 2 documents.",
        "| en | 900 |\n| de | 350 |\n| und | 10 |",
        "| `tea.md` | 1,000 |",
        "| `DeepSeek-V3` | 4,000 | ≈ 1,000,000 | ≈ 200,000 | ≈ 1.0300 |",
        "| `check_answer` | 2,000 | 1,260 | 3 | 700 × not accurate; 37 × no verdict |",
        "| check\\_answer: not accurate | 31 |",
        "| `scan.pdf` | .pdf is not supported |",
        "- prompt `ask`: `abc123`",
        "- seed: 7",
        "- millrace: 0.1.0",
        "What is ```tea```?",
    ],
)
def test_a_card_says_what_it_knows(said: str) -> None:
    assert said in render_card(FACTS)


def test_a_hub_can_load_each_format_by_itself() -> None:
    front = front_matter(render_card(FACTS))
    assert front["size_categories"] == ["1K<n<10K"]
    assert front["language"] == ["de", "en"]
    assert front["configs"] == [
        {
            "config_name": name,
            "data_files": [
                {"split": "train", "path": f"{name}.jsonl"},
                {"split": "validation", "path": f"{name}.validation.jsonl"},
            ],
        }
        for name in ("qa", "qa.sharegpt")
    ]


def test_the_same_facts_give_the_same_card_however_they_are_ordered() -> None:
    turned = replace(FACTS, sources=dict(reversed(FACTS.sources.items())))
    assert render_card(turned) == render_card(FACTS)


def test_the_offline_writer_and_a_missing_end_are_labelled_loudly() -> None:
    plain = render_card(FACTS)
    assert "offline" not in plain
    assert "Partial" not in plain
    card = render_card(replace(FACTS, offline=True, partial="stopped at the budget"))
    assert "> **For trying out, not for training.** The offline writer" in card
    assert "offline-writer" in front_matter(card)["tags"]
    assert "> **Partial.** stopped at the budget" in card


def test_odd_names_break_neither_tables_nor_fences() -> None:
    card = render_card(FACTS)
    assert "`a\\|b'c .txt`" in card
    assert "````json\n" in card


def test_many_sources_are_cut_short() -> None:
    card = render_card(replace(FACTS, sources={f"{number:03}.txt": 1 for number in range(120)}))
    assert "120 documents" in card
    assert "and 70 more." in card


def test_the_least_a_card_can_know_still_makes_one() -> None:
    card = render_card(CardFacts("poems", {"poems": {"rows": 0, "validation_rows": 0, "files": ["poems.jsonl"]}}))
    assert "It has no rows." in card
    assert front_matter(card) == {"tags": ["synthetic", "millrace"], "size_categories": ["n<1K"]}


def test_languages_that_nobody_could_tell_are_not_listed() -> None:
    card = render_card(replace(FACTS, languages={"und": 12}))
    assert "language" not in front_matter(card)
    assert "Languages" not in card


def test_shards_and_a_test_split_are_told_and_loadable() -> None:
    files = ["qa-00001-of-00002.jsonl", "qa-00002-of-00002.jsonl", "qa.test.jsonl", "qa-00001-of-00002.csv"]
    card = render_card(CardFacts("", {"qa": {"rows": 90, "test_rows": 10, "files": files}}))
    assert "**Train on `qa-*.jsonl`**: 90 rows. Test with `qa.test.jsonl`: 10 rows" in card
    assert "| `qa-00002-of-00002.jsonl` | train, JSONL, part 2 of 2 |  |" in card
    assert "| `qa-00001-of-00002.csv` | train, CSV, part 1 of 2 |  |" in card
    assert front_matter(card)["configs"] == [
        {
            "config_name": "qa",
            "data_files": [{"split": "train", "path": files[:2]}, {"split": "test", "path": files[2]}],
        }
    ]
