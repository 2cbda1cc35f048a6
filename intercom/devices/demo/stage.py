"""The stage on which pretend things live: what they hear, what they say, what they do later, and chance.

No I/O and no clock: whoever holds the stage tells it how late it is and passes on what is said. The same seed and the
same messages at the same times give the same play.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Callable
from typing import Any, Final

Payload = str | bytes | dict[str, Any]

JITTER: Final = 0.2
"""Things that happen again and again come up to this share early or late, so that they do not fall into step."""


class Cue:
    """Something that will happen on the stage; `cancel()` prevents it."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class Stage:
    """Time, chance, and topics to hear and speak on.

    Attributes:
        now_s: how long the play has lasted.
        random: the play's only source of chance.
        kept: what was said to be kept, by topic: what has to be said again to a broker that lost it.
    """

    def __init__(self, *, seed: int, say: Callable[[str, bytes, bool], None]) -> None:
        """`say` gets topic, payload, and whether the broker is to keep it."""
        self.now_s = 0.0
        self.random = random.Random(seed)  # noqa: S311  # a play, not a secret
        self.kept: dict[str, bytes] = {}
        self._say = say
        self._heard: dict[str, Callable[[str], None]] = {}
        self._arrivals: list[Callable[[], None]] = []
        self._cues: list[tuple[float, int, Cue]] = []
        self._cue_count = 0

    @property
    def topics(self) -> tuple[str, ...]:
        """What is listened to."""
        return tuple(self._heard)

    @property
    def next_at_s(self) -> float | None:
        """When the next thing happens by itself."""
        return self._cues[0][0] if self._cues else None

    def listen(self, topic: str, heard: Callable[[str], None]) -> None:
        """Call `heard` with each text on a topic; it must not raise for any text."""
        self._heard[topic] = heard

    def hear(self, topic: str, payload: bytes) -> None:
        """Let the thing that listens to this topic hear a message."""
        heard = self._heard.get(topic)
        if heard is not None:
            heard(payload.decode(errors="replace"))

    def on_arrival(self, arrived: Callable[[], None]) -> None:
        """Call `arrived` whenever a broker has been found; only then is anybody there to hear what is not kept."""
        self._arrivals.append(arrived)

    def arrive(self) -> None:
        """Let the things know that a broker has been found."""
        for arrived in self._arrivals:
            arrived()

    def say(self, topic: str, payload: Payload, *, keep: bool = True) -> None:
        """Publish a text, or an object as compact JSON; `keep` asks the broker to keep it."""
        if isinstance(payload, dict):
            payload = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if isinstance(payload, str):
            payload = payload.encode()
        if keep:
            self.kept[topic] = payload
        self._say(topic, payload, keep)

    def later(self, delay_s: float, action: Callable[[], None]) -> Cue:
        """Do something after a while."""
        cue = Cue(action)
        self._cue_count += 1
        heapq.heappush(self._cues, (self.now_s + delay_s, self._cue_count, cue))
        return cue

    def every(self, period_s: float, action: Callable[[], None]) -> None:
        """Do something again and again, for ever."""

        def act() -> None:
            action()
            plan()

        def plan() -> None:
            self.later(period_s * self.random.uniform(1 - JITTER, 1 + JITTER), act)

        plan()

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by `now_s`, in order."""
        while self._cues and self._cues[0][0] <= now_s:
            at_s, _, cue = heapq.heappop(self._cues)
            self.now_s = max(self.now_s, at_s)
            if cue.action is not None:
                cue.action()
        self.now_s = max(self.now_s, now_s)
