"""How often somebody was wrong: wrong codes and passwords, counted over an hour, by address and for the whole home.

Pure: time is passed in, keeping the tries is the caller's part. Nobody's success makes anything of it forgotten, and
what is over the limit is not even compared, so it is not counted either. The panel itself never asks here.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from intercom.home.errors import TooManyTriesError

PERIOD_S: Final = 3600.0


class Secret(StrEnum):
    """What was wrong."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105  # a word


MOST_BY_ADDRESS: Final = {Secret.CODE: 15, Secret.PASSWORD: 10}
MOST_IN_ALL: Final = {Secret.CODE: 30, Secret.PASSWORD: 60}
_WORDS: Final = {Secret.CODE: "wrong codes", Secret.PASSWORD: "wrong passwords"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong try, at a time in seconds; `source` is as `source_of` gives it."""

    secret: Secret
    source: str
    at: float


class Tries:
    """The wrong tries of the last hour.

    Attributes:
        kept: what has to outlive the process.
    """

    def __init__(self, *, clock: Callable[[], float], kept: Iterable[Wrong] = ()) -> None:
        """`clock` gives seconds that never run backwards, comparable with those in `kept`."""
        self.kept = tuple(kept)
        self._clock = clock

    def check(self, secret: Secret, address: str) -> None:
        """Raise TooManyTriesError when this address, or the whole home, has used its tries up."""
        self._forget_old()
        wrong = [each for each in self.kept if each.secret is secret]
        source = source_of(address)
        by_address = [each for each in wrong if each.source == source]
        for tries, most in ((wrong, MOST_IN_ALL[secret]), (by_address, MOST_BY_ADDRESS[secret])):
            if len(tries) >= most:
                minutes = int((tries[-most].at + PERIOD_S - self._clock()) // 60) + 1
                raise TooManyTriesError(f"too many {_WORDS[secret]}; try again in {minutes} minutes")

    def keeps_out(self, secret: Secret) -> bool:
        """Tell whether any address, or the whole home, has used its tries up."""
        self._forget_old()
        sources = Counter(each.source for each in self.kept if each.secret is secret)
        return sources.total() >= MOST_IN_ALL[secret] or max(sources.values(), default=0) >= MOST_BY_ADDRESS[secret]

    def count(self, secret: Secret, address: str) -> Wrong:
        """Count a wrong try; the caller keeps `kept` before it answers.

        What takes time to compare is counted before, so that many at once are no more than many in turn, and taken back
        when it was right.
        """
        self._forget_old()
        wrong = Wrong(secret, source_of(address), self._clock())
        self.kept = (*self.kept, wrong)
        return wrong

    def take_back(self, right: Wrong) -> None:
        """Take back what `count` returned, for it was right."""
        self.kept = tuple(each for each in self.kept if each is not right)

    def forgive(self, secret: Secret) -> None:
        """Forget the wrong tries; for an owner at the panel."""
        self.kept = tuple(each for each in self.kept if each.secret is not secret)

    def _forget_old(self) -> None:
        since = self._clock() - PERIOD_S
        self.kept = tuple(each for each in self.kept if each.at > since)


def source_of(address: str) -> str:
    """Return what counts as one address: of IPv6 the /64 network, for one host has all of it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
