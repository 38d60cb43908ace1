"""The other pipelines with folders of prompts made for Augmentoolkit 3: used as they are, and a second run is free."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.end_to_end.project import Project
from tests.stand_ins.folder import Answers, Theirs, answered, called, texts_of, used

CHUNKED = {"input_dir": "", "writer": "fake", "chunk_tokens": 110}
JUDGED = {**CHUNKED, "judge": "fake", "votes": 1}


def theirs(
    folder: Path, pipeline: str, files: dict[str, str], answers: Answers, settings: dict[str, Any], texts: int = 3
) -> Theirs:
    project = Project(folder, base_url="", pipeline=pipeline, settings=settings)
    project.write_documents(1, texts)
    made = Theirs(project, files, answers)
    made.write()
    return made


async def test_representation_variation(tmp_path: Path) -> None:
    form = "{additional_dataset_context}\n{text}\nFacts:\n{atomic_facts}"
    files = {
        "filter": "{text}",
        "atomic_fact_extraction": "{additional_dataset_context}|{text}",
        "inferred_facts_writing": "{text}\n{atomic_facts}",
        "variations/create_json": form,
        "variations/create_XML": "{text}\nFacts:\n{inferred_facts}",
        "variations/create_haiku": form,
    }
    answers: Answers = {
        "atomic_fact_extraction": "Here:\n<atomic_facts>\n1. A is B.\n2. C is D.\n</atomic_facts>\nThat is all.",
        "inferred_facts_writing": "<inferred_facts>\n1. A may be D.\n</inferred_facts>",
        "variations/create_json": 'I reverse.\n<rewrite>\n{"a": 1}\n{"b": 2}\n</rewrite>',
        "variations/create_XML": "<rewrite><a/><b/></rewrite>",
    }
    settings = {**CHUNKED, "forms": ["json", "xml"], "versions": 2}
    made = theirs(tmp_path, "representation-variation", files, answers, settings)
    told = await used(made)
    texts = [row["text"] for row in made.rows("representation_variation")]
    for text in ("A is B.\nC is D.", "A may be D.", '{"a": 1}\n{"b": 2}', "<a/><b/>"):
        assert texts.count(text) == 3
    assert made.last["atomic_fact_extraction"].startswith("|The lighthouse")
    assert made.last["inferred_facts_writing"].endswith("- A is B.\n- C is D.")
    assert made.last["variations/create_XML"].endswith("Facts:\n- A may be D.")
    assert "variations/create_json stands in for forms/json" in told
    assert "filter of the folder is not used: no step sorts chunks out beforehand" in told
    assert "no step reads variations/create_haiku of the folder" in told


async def test_clean_documents(tmp_path: Path) -> None:
    def cleaned(said: str) -> str:
        text = said.partition("Passage:\n")[2].strip()
        return f"<cleaned_text>\n{' '.join(text.split())}\n</cleaned_text>"

    settings = {"input_dir": "", "mender": "fake", "chunk_tokens": 110}
    files = {"clean_pdf": "Passage:\n{text}"}
    made = theirs(tmp_path, "clean-documents", files, {"clean_pdf": cleaned}, settings)
    told = await used(made)
    assert made.asked["clean_pdf"] == 3
    assert "The lighthouse numbered 1 was built" in made.rows("cleaned")[0]["text"]
    assert "clean_pdf stands in for mend" in told


async def test_classifier(tmp_path: Path) -> None:
    def label(said: str) -> str:
        text = said.rpartition("Input Text:")[2]
        return f"It could be odd or even.\nFinal label: {'odd' if int(text.split()[3]) % 2 else 'even'}"

    files = {
        "create_rules_for_desc": "Classes:\n{class_list}\nDescription:\n{classes_desc}",
        "create_labels_for_chunk": "Classes:\n{classes}\nRules:\n{rules}\nInput Text:\n{text}",
    }
    answers: Answers = {"create_rules_for_desc": "1. Look at the number.", "create_labels_for_chunk": label}
    settings = {
        "input_dir": "", "labeller": "fake", "chunk_tokens": 110, "votes": 1, "test_texts": 6, "first_texts": 6,
        "most_texts": 6, "classes": {"odd": "an odd number", "even": "an even number"},
    }  # fmt: skip
    made = theirs(tmp_path, "classifier", files, answers, settings, texts=14)
    told = await used(made)
    assert made.asked["create_labels_for_chunk"] == 12
    assert "Rules:\n1. Look at the number." in made.last["create_labels_for_chunk"]
    assert "- odd: an odd number" in made.last["create_rules_for_desc"]
    by_model = [row for row in made.rows("labels") if row["labelled_by"] == "model"]
    assert all((row["label"] == "odd") == bool(int(row["text"].split()[3]) % 2) for row in by_model)
    assert "create_labels_for_chunk stands in for label_text" in told


async def test_multi_source_recall(tmp_path: Path) -> None:
    asks = "{rag_context}\n\nText details: {metadata}\n{text}"
    ways = ("openended", "followup")
    files = {
        **{f"{way}/qatuples_gen_filenames": asks for way in ways},
        "followup/multi_turn_assistant_conversation": "{text}",
        "judge_paragraph_filenames": "{text}",
        "check_answer": "Text: {text}\nQuestion: {question}\nAnswer: {answer}",
    }
    thinking = "Thought Process:\nFrom document0000.txt I know it.\n\nSo it is.\n\nAnswer:\nThere are {0}.\n\nMore?"
    one = f"Ideas:\n1. x\n\n**QUESTION:**\nHow many are there?\n\n**ANSWER:**\n{thinking.format('two')}"
    answers: Answers = {
        "openended/qatuples_gen_filenames": one,
        "followup/qatuples_gen_filenames": f"{one}\n\n**QUESTION:**\nSure.\n\n**ANSWER:**\n{thinking.format('three')}",
        "check_answer": "#### Comprehensive: not inaccurate.\n#### Overall Accuracy Determination: Accurate.",
    }
    settings = {**JUDGED, "ways": {"open": 1, "follow_up": 1}, "questions": 2, "related": 1}
    made = theirs(tmp_path, "multi-source-recall", files, answers, settings)
    told = await used(made)
    by_way: dict[str, list[list[str]]] = {}
    for row in made.rows("multi_source_recall"):
        by_way.setdefault(row["metadata"]["way"], []).append(texts_of(row))
    thought = "<think>\nFrom document0000.txt I know it.\n\nSo it is.\n</think>\n\nThere are {0}.\n\nMore?"
    assert by_way["open"] == [["How many are there?", thought.format("two")]] * 2
    before = ["How many are there?", "There are two.\n\nMore?"]
    assert by_way["follow_up"] == [[*before, "Sure.", thought.format("three")]] * 2
    shown = made.last["openended/qatuples_gen_filenames"]
    assert shown.startswith('Related Text 1, from source document0000.txt:\n"""\nThe lighthouse')
    assert "openended/qatuples_gen_filenames stands in for ask/open" in told
    assert "followup/multi_turn_assistant_conversation of the folder is not used" in told
    assert "judge_paragraph_filenames of the folder is not used: no step sorts chunks out" in told


async def test_corrections(tmp_path: Path) -> None:
    conversation = (
        "I plan first.\n<initial_question>Who built it?</initial_question>\n<flawed_answer>Nobody.</flawed_answer>\n"
        "<followup_confirmation>Sure?</followup_confirmation>\n<correct_answer>Sorry, Anna Berg.</correct_answer>"
    )
    files = {"masked_conversation_generation": "Text:\n{text}\nText name: {metadata}", "filter": "{text}"}
    answers: Answers = {
        "masked_conversation_generation": conversation,
        "You check conversations in which an answer is doubted": "Verdict: sound",
    }
    made = theirs(tmp_path, "corrections", files, answers, JUDGED)
    told = await used(made)
    rows = made.rows("corrections")
    assert [texts_of(row) for row in rows] == [["Who built it?", "Nobody.", "Sure?", "Sorry, Anna Berg."]] * 3
    assert [turn.get("train") for turn in rows[0]["messages"] if turn["role"] == "assistant"] == [False, None]
    assert "masked_conversation_generation stands in for ask" in told


async def test_rephrase_dataset(tmp_path: Path) -> None:
    files = {
        "thought_process_addition": "System: {system}\nHistory:\n{conv_history_str}\nInput: {human}\nOutput: {gpt}"
    }

    def thought(said: str) -> str:
        about = said.rpartition("Input: ")[2].partition("\n")[0]
        return f"<thought_process>\nLet me see what is asked here: {about}\n</thought_process>"

    talk = [("user", "Hi, who?"), ("assistant", "Anna Berg."), ("user", "And when?"), ("assistant", "In 1701.")]
    settings = {"input": str(tmp_path / "talks.jsonl"), "writer": "fake", "judge": "fake", "thoughts": "add"}
    messages = [{"role": role, "content": content} for role, content in talk]
    (tmp_path / "talks.jsonl").write_text(json.dumps({"messages": messages}) + "\n")
    made = theirs(tmp_path, "rephrase-dataset", files, {"thought_process_addition": thought}, settings)
    told = await used(made)
    said = texts_of(made.rows("rephrased")[0])
    assert said[1] == "<think>\nLet me see what is asked here: Hi, who?\n</think>\n\nAnna Berg."
    assert said[3] == "<think>\nLet me see what is asked here: And when?\n</think>\n\nIn 1701."
    assert "History:\nHUMAN: Hi, who?\n\nGPT: Anna Berg.\nInput: And when?" in made.last["thought_process_addition"]
    assert "thought_process_addition stands in for write_thoughts" in told


async def test_roleplay(tmp_path: Path) -> None:
    cast = "{features}\n\nPrimary Emotion:\n{emotion}\n\nArchetype of the non-{user} character:\n{archetype}"
    files = {
        "extract_features": "{text}",
        "generate_emotion_constrained": "{possible_emotions_list}",
        "generate_scene_card": cast,
        "generate_story": f"{cast}\n\n{{scene_card}}",
        "rate_story": "Session:\n{story}",
    }
    log = (
        "{narrator}: *Mira waits.* You see her.\n\nRain falls.\n\n{user}: hello there\n\n"
        "{narrator}: She nods at you: slowly.\n\n**{user}:** *I sit.*\n\n{narrator}: The boat leaves the quay."
    )
    rated = (
        "COHERENCE:\nFine.\nRATING: good\n\nRULE FOLLOWING:\n* yes\nRATING: good\n\nQUALITY:\n**RATING:** incredible"
    )
    answers: Answers = {
        "generate_scene_card": "Name: Mira\n\nName: {user}\nYou wait.\n\n-- END CHARACTER INFO --\nBye",
        "generate_story": log,
        "rate_story": rated,
        "You set the scene": "Place: a quay\nSituation: rain\nUser: a traveller\nStake: the last boat",
        "You invent characters": lambda said: "\n".join(
            f"{name}: {initial(said)}ara" for name in ("Name", "Looks", "Voice", "Habits", "Wants", "Fears", "Secret")
        ),
    }
    settings = {"writer": "fake", "judge": "fake", "stories": 2, "turns": 3}
    made = theirs(tmp_path, "roleplay", files, answers, settings)
    told = await used(made)
    rows = made.rows("roleplay")
    assert [turn["role"] for turn in rows[0]["messages"]] == [
        "system",
        "assistant",
        "user",
        "assistant",
        "user",
        "assistant",
    ]
    assert rows[0]["messages"][0]["content"].endswith("Name: {user}\nYou wait.")
    assert rows[0]["messages"][3]["content"] == "She nods at you: slowly."
    assert [row["metadata"]["rating"] for row in rows] == [7, 7]
    assert "of the non-{user} character" in made.last["generate_story"]
    assert made.last["generate_story"].endswith("You wait.")
    assert "{user}: hello there\n\n{narrator}: She nods" in made.last["rate_story"]
    assert "rate_story stands in for rate_story\n" in told
    assert "extract_features of the folder is not used: it tags a text" in told


def initial(said: str) -> str:
    return said.rpartition("begins with: ")[2][:1]


async def test_rag_data(tmp_path: Path) -> None:
    asks = "Retrieved:\n{stringified_retrieved_chunks}\nGround Truth filename: {metadata}\nGround Truth:\n{text}"

    def pairs(said: str) -> str:
        number = said.rpartition("The lighthouse numbered ")[2].split()[0]
        told = f"Thought Process:\nI look it up: {number}.\n\nAnswer:\nIt is {number}."
        return f"**QUESTION:**\nWhich?\n\n**ANSWER:**\n{told}\n\n**QUESTION:**\nSure?\n\n**ANSWER:**\n{told} Yes."

    files = {"rag_success_conversation": asks, "rag_failed_conversation": asks, "filter": "{text}"}
    answers: Answers = {
        "rag_success_conversation": pairs,
        "rag_failed_conversation": pairs,
        "You check the answers of an assistant": "Verdict: right",
    }
    made = theirs(tmp_path, "rag-data", files, answers, {**JUDGED, "failed_share": 0.5, "passages": 2}, texts=8)
    told = await used(made)
    rows = made.rows("rag_data")
    searched = [row["metadata"]["search"][0] for row in rows]
    assert set(searched) == {"found", "from_memory"}
    assert searched.count("found") == made.asked["rag_success_conversation"]
    assert searched.count("from_memory") == made.asked["rag_failed_conversation"]
    for number, row in enumerate(rows):
        first, answer, second, last = texts_of(row)
        assert first.endswith("</passage>\n\nWhich?")
        assert (f"numbered {number} was" in first) == (row["metadata"]["search"] == ["found"])
        assert (answer, second) == (f"<think>\nI look it up: {number}.\n</think>\n\nIt is {number}.", "Sure?")
        assert last == f"{answer} Yes."
    assert "Chunk 1\nSource: document0000.txt\n---\nThe lighthouse" in made.last["rag_failed_conversation"]
    assert "rag_success_conversation stands in for ask; it has no place for {most}, {language}" in told
    assert "rag_failed_conversation stands in for answer" in told
    assert "filter of the folder is not used" in told


async def test_rag_data_needs_both_files(tmp_path: Path) -> None:
    made = theirs(tmp_path, "rag-data", {"rag_success_conversation": "{text}"}, {}, JUDGED)
    async with answered(made) as config:
        config()
        status, told = await called(made.project, "validate")
    assert status == 0
    assert "is not used: it needs rag_failed_conversation beside it" in told
    assert "stands in" not in told


async def test_rag_data_offline(tmp_path: Path) -> None:
    files = {"rag_success_conversation": "{text}", "rag_failed_conversation": "{text}"}
    made = theirs(tmp_path, "rag-data", files, {}, JUDGED)
    async with answered(made) as config:
        config(provider="offline")
        status, said = await called(made.project, "run")
    assert status == 0, said
    assert made.rows("rag_data")
