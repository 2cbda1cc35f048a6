"""The sockets that nobody was let in by yet: how many may be open, which of them goes for a newer one, and when all go.

Whoever is let in has said so within moments of connecting, whoever floods the home never does. So nobody is turned away
for being one too many: the oldest stranger goes instead, of the address that has the most. It knows no sockets.
"""

from __future__ import annotations

from intercom.home.tries import source_of


class Strangers:
    """The sockets of strangers, by where they come from."""

    def __init__(self, *, most: int, most_by_address: int) -> None:
        self.count = 0
        self._most = most
        self._most_by_address = most_by_address
        self._by_source: dict[str, dict[str, float]] = {}
        self._source_of: dict[str, str] = {}

    def add(self, sid: str, address: str, now: float) -> str | None:
        """Take note of a socket; return the one that has to go for it."""
        self.discard(sid)
        source = source_of(address)
        own = self._by_source.setdefault(source, {})
        own[sid] = now
        self._source_of[sid] = source
        self.count += 1
        if len(own) <= self._most_by_address and self.count <= self._most:
            return None
        crowd = own if len(own) > self._most_by_address else max(self._by_source.values(), key=len)
        oldest = next(iter(crowd))
        self.discard(oldest)
        return oldest

    def discard(self, sid: str) -> None:
        """Forget a socket, known or not."""
        source = self._source_of.pop(sid, None)
        if source is None:
            return
        own = self._by_source[source]
        del own[sid]
        self.count -= 1
        if not own:
            del self._by_source[source]

    def take_late(self, before: float) -> list[str]:
        """Forget the sockets that have been here since before a time; return them."""
        late = [sid for own in self._by_source.values() for sid, since in own.items() if since < before]
        for sid in late:
            self.discard(sid)
        return late
