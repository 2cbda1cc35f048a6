"""What the panel says: words of the home and of the panel itself, in the language of the household.

`say` speaks the words that tiles and sheets are made of (context "Tile" of the catalogue), `panel_text` the panel's own
(context "Panel"). Both take English source texts; without a translation they stay English.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTranslator

from intercom.home.words import Words
from intercom.resources import resource

LANGUAGES = ("en", "ko")

_log = logging.getLogger(__name__)

_PLACES = re.compile(r"%([1-9])")
_PARTICLES = re.compile(r"(.)(이\(가\)|을\(를\)|은\(는\)|과\(와\))")
_DIGITS_WITH_FINAL = "013678"


class Language:
    """The language that is spoken now."""

    def __init__(self) -> None:
        self._translator: QTranslator | None = None

    def speak(self, choice: str) -> None:
        """Speak `choice`, one of `LANGUAGES`, or the system's language when it is none of them.

        Whoever holds texts has to fetch them anew afterwards.
        """
        code = choice if choice in LANGUAGES else _system_language()
        system = QLocale.system()
        QLocale.setDefault(system if system.name().startswith(code) else QLocale(code))
        self.fall_silent()
        if code == "en":
            return
        translator = QTranslator()
        path = resource("built", "i18n", f"intercom_{code}.qm")
        if not translator.load(str(path)):
            _log.warning("no translations at %s: the panel speaks English", path)
            return
        QCoreApplication.installTranslator(translator)
        self._translator = translator

    def fall_silent(self) -> None:
        """Leave texts as they are in the source; whoever is made after this one speaks for itself."""
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None


def say(words: Words) -> str:
    """Return a phrase of the home in the household's language."""
    text = QCoreApplication.translate("Tile", words.text)
    return _fill(text, (clock_time(words.at),) if words.at is not None else words.args)


def say_all(phrases: Iterable[Words]) -> str:
    """Return several phrases on one line, which begins like a sentence."""
    line = " · ".join(map(say, phrases))
    return line[:1].upper() + line[1:]


def panel_text(text: str, *args: str) -> str:
    """Return one of the panel's own texts in the household's language."""
    return _fill(QCoreApplication.translate("Panel", text), args)


def isolated(name: str) -> str:
    """Return a name as it stands within a sentence: one that is written from right to left keeps to itself."""
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in name):
        return f"\u2068{name}\u2069"
    return name


def clock_time(at: float) -> str:
    """Return a time in seconds since the epoch as people say it: the day is told unless it is today."""
    moment = QDateTime.fromMSecsSinceEpoch(int(at * 1000))
    time = QLocale().toString(moment, "HH:mm")
    if moment.date() == QDateTime.currentDateTime().date():
        return time
    return f"{QLocale().toString(moment, panel_text('d MMM'))} {time}"


def _system_language() -> str:
    for name in QLocale.system().uiLanguages():
        code = name.replace("_", "-").split("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


def _fill(text: str, args: Sequence[str]) -> str:
    text = _PLACES.sub(lambda place: args[int(place[1]) - 1] if int(place[1]) <= len(args) else place[0], text)
    return _PARTICLES.sub(_settle_particle, text) if "(" in text else text


def _settle_particle(match: re.Match[str]) -> str:
    """Choose the Korean particle after a final consonant or a vowel, where the writing tells which it is."""
    before, both = match[1], match[2]
    if "가" <= before <= "힣":
        has_final = (ord(before) - ord("가")) % 28 > 0
    elif before.isdigit():
        has_final = before in _DIGITS_WITH_FINAL
    else:
        return match[0]
    return before + (both[0] if has_final else both[2])
