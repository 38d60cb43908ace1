"""Verdicts, choices and ratings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.errors import ParseError
from generation_functions.parsing import choice, rating, verdict

SUITABLE = verdict(yes="suitable", no="unsuitable")


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("suitable", True),
        ("UNSUITABLE", False),
        ("Reason: prose.\nVerdict: suitable", True),
        ("Verdict: **unsuitable**", False),
        ("**Final judgment:** *Suitable.* It would be unsuitable if it were shorter.", True),
        ("It seems suitable.\nOn reflection it is a list.\nFinal judgment: unsuitable.", False),
        ("Verdict: suitable\nWait, these are only titles.\nVerdict: unsuitable", False),
        ("### Verdict\n\n**Unsuitable**", False),
        ("The task is to say suitable or unsuitable. This is prose. Suitable.", True),
        ("This text is not suitable.", False),
        ("This isn't really suitable.", False),
        ("I don't think this piece is suitable.", False),
        ("It is by no means unsuitable; it is suitable", True),
        ("Verdict: suitable, not unsuitable", True),
        ("Verdict: unsuitable rather than suitable", False),
        ("The verdict is unsuitable", False),
        ("Suitability was considered. The unsuitability is clear. Verdict: suitable", True),
    ],
)
def test_the_last_clear_verdict_wins(completion: str, expected: bool) -> None:
    assert SUITABLE(completion) is expected


@pytest.mark.parametrize(
    ("parse", "completion", "expected"),
    [
        (verdict("yes", "no"), "Yes.", True),
        (verdict("yes", "no"), "No, it does not.", False),
        (verdict("ja", "nein"), "Urteil: Nein", False),
        (verdict("geeignet", "ungeeignet"), "Der Text ist nicht geeignet.", False),
        (verdict("oui", "non"), "Verdict : **oui**", True),
        (verdict("合适", "不合适"), "这段文字不合适。", False),
        (verdict("合适", "不合适"), "结论：合适", True),
        (verdict("да", "нет"), "Вердикт: нет.", False),
        (verdict("accurate|correct", "inaccurate|incorrect|wrong"), "Verdict: incorrect", False),
        (verdict("answerable", "not answerable"), "Verdict: not answerable", False),
    ],
)
def test_other_words_and_languages(parse: object, completion: str, expected: bool) -> None:
    assert parse(completion) is expected  # type: ignore[operator]


@pytest.mark.parametrize("completion", ["", "Hello.", "suitable or unsuitable?", "suitably done", "Verdict: maybe"])
def test_an_unclear_verdict_is_a_parse_error(completion: str) -> None:
    with pytest.raises(ParseError, match="'suitable' or 'unsuitable'"):
        SUITABLE(completion)


@given(st.text(), st.booleans())
def test_a_marked_last_line_decides_whatever_stands_before(reasoning: str, yes: bool) -> None:
    assert SUITABLE(f"{reasoning}\nVerdict: {'' if yes else 'un'}suitable") is yes


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("pass", "pass"),
        ("It might fail or pass.\nVerdict: reword\nQuestion: Did the law pass?", "reword"),
        ("**Decision: FAIL**", "fail"),
        ("I would not fail it. It should pass.", "pass"),
        ("Verdict: pass, not fail", "pass"),
    ],
)
def test_choice(completion: str, expected: str) -> None:
    assert choice("pass", "reword", "fail")(completion) == expected


@pytest.mark.parametrize("completion", ["passing", "pass or fail", "password failure"])
def test_no_choice_is_a_parse_error(completion: str) -> None:
    with pytest.raises(ParseError, match="'pass', 'reword' or 'fail'"):
        choice("pass", "reword", "fail")(completion)


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("8", 8),
        ("Score: 8", 8),
        ("**Score:** 8/10", 8),
        ("I would give it 7 out of 10.", 7),
        ("Bewertung: 7,5", 7.5),
        ("Rating (1-10): 9", 9),
        ("First 3/10, then after a second look: 6/10", 6),
        ("There are 3 errors in 12 lines.\nScore: 4", 4),
        ("评分：6", 6),
        ("The score is 5.", 5),
    ],
)
def test_rating(completion: str, expected: float) -> None:
    found = rating(1, 10)(completion)
    assert found == expected
    assert isinstance(found, type(expected))


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        ("eight", "found none"),
        ("between 3 and 5", "several numbers"),
        ("Score: 11", "found 11"),
        ("Score: 0", "found 0"),
        ("4/5", "out of 5"),
    ],
)
def test_a_rating_off_the_scale_is_a_parse_error(completion: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        rating(1, 10)(completion)


@given(st.integers(-5, 5), st.text())
def test_a_marked_last_score_is_read_whatever_stands_before(score: int, before: str) -> None:
    assert rating(-5, 5)(f"{before}\nScore: {score}") == score
