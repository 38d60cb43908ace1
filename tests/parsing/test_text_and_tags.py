"""Plain text and tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import ParseError
from generation_functions.parsing import tag, tags, text

WITHOUT_TAGS = st.text().filter(lambda s: "<" not in s)


def test_text_is_stripped_and_not_empty() -> None:
    assert text("  Ein Satz.\n\n") == "Ein Satz."
    with pytest.raises(ParseError, match="found nothing"):
        text(" \n\t")


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("```markdown\nEin Satz.\n```", "Ein Satz."),
        ("```text\nRun:\n```python\nx = 1\n```\nDone.\n```\n", "Run:\n```python\nx = 1\n```\nDone."),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("```\nx = 1\n```", "```\nx = 1\n```"),
        ("```markdown\n# A\n```\nand\n```markdown\n# B\n```", "```markdown\n# A\n```\nand\n```markdown\n# B\n```"),
    ],
)
def test_a_fence_around_prose_is_taken_off_and_one_around_code_stays(completion: str, expected: str) -> None:
    assert text(completion) == expected


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("<poem>Roses</poem>", "Roses"),
        ("I will use <poem> tags.\n<poem>\nRoses\n</poem>\nDone.", "Roses"),
        ("<poem>draft</poem> better: <poem>final</poem>", "final"),
        ("<poem>Roses</poem> (between <poem></poem> as asked)", "Roses"),
        ("<poem>Roses</poem> (between <poem>...</poem> as asked)", "Roses"),
        ("<poem>a <poem>b</poem> c</poem>", "a <poem>b</poem> c"),
        ("</poem><poem>x</poem></poem>", "x"),
        ('<Poem lang="fr">Où\nsuis-je</POEM >', "Où\nsuis-je"),
        ("<poem>1 < 2 > 0</poem>", "1 < 2 > 0"),
        ("<poems>no</poems><poem>诗</poem>", "诗"),
        ("<poem>unclosed <poem>but this one is</poem>", "but this one is"),
    ],
)
def test_the_last_pair_that_holds_anything(completion: str, expected: str) -> None:
    assert tag("poem")(completion) == expected


def test_the_first_pair_on_request() -> None:
    assert tag("a", first=True)("<a>1</a><a>2</a>") == "1"


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        ("no tags", "Expected <poem>…</poem>, found none."),
        ("<poem>cut", "Expected <poem>…</poem>, found <poem> without its closing tag."),
        ("<poem>\n...\n</poem>", "Expected <poem>…</poem>, found it empty."),
        ("<poem> \n </poem>", "Expected <poem>…</poem>, found it empty."),
        ("cut</poem>", "Expected <poem>…</poem>, found none."),
    ],
)
def test_what_is_missing_is_said_so_that_a_model_can_mend_it(completion: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        tag("poem")(completion)
    assert caught.value.message == message


def test_several_tags_come_as_a_mapping_and_all_missing_ones_are_named() -> None:
    parse = tags("title", "body")
    assert parse("<body>b</body><title>t</title>") == {"title": "t", "body": "b"}
    with pytest.raises(ParseError, match=r"<title>.*found none.*<body>.*closing tag"):
        parse("<body>b")


@given(
    st.text().filter(lambda s: s.strip(" \t\n.…\r").strip() and "<" not in s), st.text().filter(lambda s: "<" not in s)
)
def test_what_was_put_between_tags_comes_out(content: str, around: str) -> None:
    assert tag("x")(f"{around}<x>{content}</x>{around}") == content.strip()


def test_parsers_are_values_that_show_what_they_are() -> None:
    assert tag("poem") == tag("poem")
    assert repr(tag("poem")) == "Tag(name='poem', first=False)"
    assert repr(tags("a", "b")) == "Tags(names=('a', 'b'))"
