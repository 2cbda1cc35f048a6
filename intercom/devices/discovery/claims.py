"""Who announced what: which discovery topic each capability stands on, and what was said there last."""

from __future__ import annotations

from collections.abc import Container, Iterator

from intercom.devices.discovery.entity import Entity

Key = tuple[str, str]
"""A component's kind and its name in the topic: the same whether it is announced alone or within a device payload."""


class Claims:
    """All capabilities that stand, by key and by topic."""

    def __init__(self) -> None:
        self._entities: dict[Key, Entity] = {}
        self._owners: dict[Key, str] = {}
        self._keys: dict[str, tuple[Key, ...]] = {}
        self._said: dict[str, int] = {}

    def is_news(self, topic: str, raw: bytes | str) -> bool:
        """Take note of what is said on a topic; return whether it differs from what was said last."""
        digest = hash(raw)
        if raw and self._said.get(topic) == digest:
            return False
        if raw:
            self._said[topic] = digest
        else:
            self._said.pop(topic, None)
        return True

    def entity(self, key: Key) -> Entity | None:
        return self._entities.get(key)

    def on(self, topic: str) -> list[Entity]:
        """Return what stands because of a topic, in the order in which it was announced."""
        return [self._entities[key] for key in self._keys.get(topic, ())]

    def claim(self, key: Key, entity: Entity, topic: str) -> None:
        """Let a capability stand on a topic, taking it over from another one."""
        owner = self._owners.get(key)
        if owner != topic:
            if owner is not None:
                self._drop(owner, key)
            self._owners[key] = topic
            self._keys[topic] = (*self._keys.get(topic, ()), key)
        self._entities[key] = entity

    def leave_to_others(self, topic: str) -> None:
        """Let what stands on a topic stand without it, until another one takes over."""
        for key in self._keys.pop(topic, ()):
            del self._owners[key]

    def release(self, topic: str, but: Container[Key]) -> Iterator[Entity]:
        """Remove what stands on a topic apart from some, and return it."""
        for key in self._keys.get(topic, ()):
            if key not in but:
                self._drop(topic, key)
                del self._owners[key]
                yield self._entities.pop(key)

    def _drop(self, topic: str, key: Key) -> None:
        rest = tuple(one for one in self._keys[topic] if one != key)
        if rest:
            self._keys[topic] = rest
        else:
            del self._keys[topic]
