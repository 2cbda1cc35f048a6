"""Korean syllables come together and apart as on every Korean keyboard."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intercom.panel.hangul import FINALS, INITIALS, VOWELS, compose, is_jamo, keys_of

KEYS = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ"
"""All that a two-set keyboard has, with and without shift."""

SYLLABLES = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))


def steps(keys: str) -> list[str]:
    """Return what is read after each key."""
    return [compose(keys[:count]) for count in range(1, len(keys) + 1)]


def test_every_modern_syllable_can_be_typed_and_comes_apart_into_its_keys() -> None:
    syllables = [chr(point) for point in range(ord("가"), ord("힣") + 1)]
    assert len(syllables) == len(INITIALS) * len(VOWELS) * (len(FINALS) + 1)

    for syllable in syllables:
        keys = keys_of(syllable)
        assert set(keys) <= set(KEYS)
        assert compose(keys) == syllable


@given(st.text(st.one_of(SYLLABLES, st.sampled_from(" .0aZ")), max_size=20))
def test_any_text_of_syllables_can_be_typed(text: str) -> None:
    assert compose(keys_of(text)) == text


@given(st.text(st.sampled_from(KEYS), max_size=20))
def test_what_was_typed_before_the_last_two_syllables_never_changes(keys: str) -> None:
    for before, after in itertools.pairwise(steps(keys)):
        assert after[: len(before) - 1] == before[:-1]
        assert len(before) <= len(after) <= len(before) + 1


@given(st.text(st.sampled_from(KEYS), max_size=20))
def test_no_key_is_lost(keys: str) -> None:
    assert keys_of(compose(keys)) == keys


@pytest.mark.parametrize(
    ("keys", "read"),
    [
        ("ㅎㅏㄴㄱㅡㄹ", ["ㅎ", "하", "한", "한ㄱ", "한그", "한글"]),
        ("ㅎㅏㄴㅏ", ["ㅎ", "하", "한", "하나"]),
        ("ㅇㅗㅏ", ["ㅇ", "오", "와"]),
        ("ㄱㅏㅂㅅㅣ", ["ㄱ", "가", "갑", "값", "갑시"]),
        ("ㅇㅣㄸㅏ", ["ㅇ", "이", "이ㄸ", "이따"]),
        ("ㅇㅣㅆㅓ", ["ㅇ", "이", "있", "이써"]),
        ("ㅋㅋㅋ", ["ㅋ", "ㅋㅋ", "ㅋㅋㅋ"]),
        ("ㅠㅠ", ["ㅠ", "ㅠㅠ"]),
        ("ㅗㅏㄱ", ["ㅗ", "ㅘ", "ㅘㄱ"]),
        ("ㄱㅅㅏ", ["ㄱ", "ㄱㅅ", "ㄱ사"]),
    ],
)
def test_syllables_find_themselves_key_by_key(keys: str, read: list[str]) -> None:
    assert steps(keys) == read


def test_anything_else_ends_a_syllable() -> None:
    assert compose("ㅎㅏㄴ ㅏ") == "한 ㅏ"
    assert compose("ㅎㅏ1ㄴㅏ") == "하1나"


def test_only_letters_of_the_layout_are_jamo() -> None:
    assert all(is_jamo(key) for key in KEYS)
    assert not any(is_jamo(key) for key in ("", "a", "가", " ", "ㅎㅏ"))
