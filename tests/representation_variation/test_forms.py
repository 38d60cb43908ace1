"""What makes a text be of its form, and what is caught that the chunk does not say."""

from __future__ import annotations

import pytest

from generation.core_pipelines.representation_variation.forms import not_of_its_form, unfenced

CHUNK = "The canal was opened in 1869 by Ferdinand de Lesseps. Two thousand ships passed it in 1870."


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("essay", "The canal of 1869 changed trade. By 1870, 2000 ships had passed."),
        ("list", "The canal:\n- opened in 1869\n- 1870: two thousand ships"),
        ("question_answer", "Q: When was the canal opened?\nA: In 1869."),
        ("json", '{"opened": 1869, "ships_in_1870": 2000}'),
        ("json", '[{"year": 1869}]'),
        ("xml", '<canal opened="1869"><by>Ferdinand de Lesseps</by></canal>'),
        ("xml", "<?xml version='1.0'?>\n<canal><ships>2000 &amp; more</ships></canal>"),
        ("dialogue", "Mara: When?\nJonas: In 1869."),
        ("dialogue", "**Mara:** When?\n**Jonas:** In 1869."),
        ("dialogue", "玛拉：什么时候？\n约纳斯：1869年。"),
        ("logic_chain", "1. It was opened in 1869.\n2. From 1: ships could pass it."),
        ("stream_of_thought", "1869... so long ago."),
    ],
)
def test_what_is_of_its_form_passes(form: str, text: str) -> None:
    assert not_of_its_form(text, {"form": form, "text": CHUNK}) is None


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        ("list", "It was opened in 1869.", "list"),
        ("question_answer", "It was opened in 1869.", "Question"),
        ("json", "{'opened': 1869}", "not valid JSON"),
        ("json", '{"opened": 1869, "opened": 1870}', "a key stands twice"),
        ("json", '"1869"', "must be an object"),
        ("json", "{}", "must be an object"),
        ("xml", "<canal><by>Lesseps</canal>", "not well-formed"),
        ("xml", "<canal>opened in 1869</canal>", "must have elements"),
        ("xml", '<!DOCTYPE c [<!ENTITY a "b">]><c><d>&a;</d></c>', "entities"),
        ("dialogue", "Mara: When?\nMara: In 1869.", "two speakers"),
        ("dialogue", "It was opened in 1869.", "two speakers"),
        ("logic_chain", "1. It was opened in 1869.", "list"),
        ("essay", "The canal was opened in 1859.", "1859 does not stand"),
        ("essay", "This passage describes the canal of 1869.", "This passage describes"),
        ("json", '{"opened": 1871}', "1871 does not stand"),
    ],
)
def test_what_is_not_of_its_form_is_told(form: str, text: str, says: str) -> None:
    assert says in str(not_of_its_form(text, {"form": form, "text": CHUNK}))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ("  <a><b/></a> ", "<a><b/></a>"),
        ("```\n<a/>```", "<a/>"),
        ("Say ```x``` twice", "Say ```x``` twice"),
    ],
)
def test_a_fence_around_it_goes(text: str, bare: str) -> None:
    assert unfenced(text) == bare
