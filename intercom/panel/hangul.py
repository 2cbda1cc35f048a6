"""Korean syllables from the keys of the two-set layout (dubeolsik, KS X 5002), without any state.

What is being typed is the string of keys that were pressed since the last thing that was no letter. `compose` tells how
it reads. So one more key is one more character at its end, and taking a key back is one less: the syllables find
themselves, also where a final consonant turns out to begin the next one (한 + ㅏ = 하나, and back again).

Keys are compatibility jamo (U+3131 to U+3163), as they are printed on keyboards.
"""

from __future__ import annotations

from typing import Final, NamedTuple

INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS: Final = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""In Unicode's order (The Unicode Standard, §3.12): a syllable's code point follows from the places in these three."""

_PAIRS: Final = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ",
    "ㄴㅈ": "ㄵ",
    "ㄴㅎ": "ㄶ",
    "ㄹㄱ": "ㄺ",
    "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ",
    "ㅂㅅ": "ㅄ",
}
"""What takes two keys. Doubled consonants (ㄲ) are one key, pressed with shift."""

_KEYS: Final = {whole: pair for pair, whole in _PAIRS.items()}
_FIRST: Final = ord("가")
_LAST: Final = ord("힣")


class _Syllable(NamedTuple):
    """One that is still open; a part that is missing is empty, and only what has both others has a final."""

    initial: str = ""
    vowel: str = ""
    final: str = ""

    def __str__(self) -> str:
        if not (self.initial and self.vowel):
            return self.initial + self.vowel
        place = INITIALS.index(self.initial) * len(VOWELS) + VOWELS.index(self.vowel)
        return chr(_FIRST + place * (len(FINALS) + 1) + (FINALS.index(self.final) + 1 if self.final else 0))


def is_jamo(key: str) -> bool:
    """Tell whether a key is one that syllables are made of."""
    return len(key) == 1 and key in INITIALS + VOWELS


def compose(keys: str) -> str:
    """Return how keys read that were pressed one after the other; what is no jamo stands for itself."""
    text = ""
    syllable = _Syllable()
    for key in keys:
        done, syllable = _after(syllable, key)
        text += done
    return text + str(syllable)


def keys_of(text: str) -> str:
    """Return the keys that write a text; what is no modern syllable is its own key."""
    return "".join(map(_keys_of, text))


def _after(syllable: _Syllable, key: str) -> tuple[str, _Syllable]:
    """Return what is finished by a key, and the syllable that is open then."""
    if key in VOWELS:
        return _after_vowel(syllable, key)
    if key in INITIALS:
        return _after_consonant(syllable, key)
    return f"{syllable}{key}", _Syllable()


def _after_vowel(syllable: _Syllable, key: str) -> tuple[str, _Syllable]:
    if syllable.final:  # it begins the next syllable instead, or its second half does
        keys = _KEYS.get(syllable.final, syllable.final)
        return str(syllable._replace(final=keys[:-1])), _Syllable(keys[-1], key)
    if not syllable.vowel:
        return "", syllable._replace(vowel=key)
    pair = _PAIRS.get(syllable.vowel + key)
    return ("", syllable._replace(vowel=pair)) if pair else (str(syllable), _Syllable(vowel=key))


def _after_consonant(syllable: _Syllable, key: str) -> tuple[str, _Syllable]:
    if syllable.initial and syllable.vowel:
        final = _PAIRS.get(syllable.final + key, "") if syllable.final else key
        if final and final in FINALS:
            return "", syllable._replace(final=final)
    return str(syllable), _Syllable(initial=key)


def _keys_of(character: str) -> str:
    if not _FIRST <= ord(character) <= _LAST:
        return _KEYS.get(character, character)
    rest, final = divmod(ord(character) - _FIRST, len(FINALS) + 1)
    initial, vowel = divmod(rest, len(VOWELS))
    parts = (INITIALS[initial], VOWELS[vowel], FINALS[final - 1] if final else "")
    return "".join(_KEYS.get(part, part) for part in parts)
