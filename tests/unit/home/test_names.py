"""What devices may be called on tiles and in messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intercom.home.names import LONGEST_SHOWN, shown_name


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("천장 조명", "천장 조명"),
        ("  two \n lines\t", "two lines"),
        ("lamp\u202egnp.exe", "lamp gnp.exe"),
        ("\u2067lamp\u2069", "lamp"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("مصباح", "مصباح"),
        ("<b>bold</b> & 'so'", "<b>bold</b> & 'so'"),
        ("\u202e\u2028", ""),
        ("x" * 10_000, "x" * LONGEST_SHOWN),
    ],
)
def test_a_name_stands_on_one_line_and_turns_nothing_around_it(said: str, shown: str) -> None:
    assert shown_name(said) == shown


@given(st.text(st.characters()))
def test_whatever_was_said_a_name_can_be_written_and_is_not_endless(said: str) -> None:
    shown = shown_name(said)

    shown.encode()
    assert len(shown) <= LONGEST_SHOWN
    assert not set(shown) & set("\n\r\t\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
    assert shown_name(shown) == shown.strip()
