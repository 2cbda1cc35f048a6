"""What happens: presses, rings, scanned tags, learnt infrared codes.

A retained message tells of the past, so it is not a happening.
"""

from __future__ import annotations

from intercom.devices.discovery.entity import NONE, Common, Entity, unexpected
from intercom.devices.discovery.message import decode_json
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.templates import Template
from intercom.home.capabilities import Capability, Event, EventState, InfraredReceiver, Trigger
from intercom.home.errors import InvalidInputError


class _Happening(Entity):
    __slots__ = ()
    reads_retained = False

    def _happened(self, event: str) -> None:
        self.state = EventState(event=event, happened_at=self.heard_at)
        self.has_news = True


class EventEntity(_Happening):
    """The component `event`: objects with an `event_type`."""

    __slots__ = ()

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.needed_watched("state_topic")
        event_types = options.texts("event_types")
        if not event_types:
            raise options.missing("'event_types'")
        super().__init__(
            options,
            common,
            Event(device_class=options.word("device_class"), event_types=event_types, **common.fields()),
        )
        self.watch(state_topic, options.template("value_template"), self._read)

    def _read(self, text: str) -> None:
        assert isinstance(self.capability, Event)
        if text in ("", NONE, "{}"):
            return
        said = decode_json(text)
        if not isinstance(said, dict) or "event_type" not in said:
            raise InvalidInputError(f"expected an object with 'event_type', got {text[:60]!r}")
        event_type = str(said["event_type"])
        if event_type not in self.capability.event_types:
            raise unexpected(event_type, self.capability.event_types)
        self._happened(event_type)


class TriggerEntity(_Happening):
    """The components `device_automation` and `tag`."""

    __slots__ = ("_payload",)

    def __init__(
        self, options: Options, common: Common, capability: Capability, template: Template | None, payload: str | None
    ) -> None:
        super().__init__(options, common, capability)
        self._payload = payload
        self.watch(options.needed_watched("topic"), template, self._read)

    def _read(self, text: str) -> None:
        text = text.strip()
        if text if self._payload is None else text == self._payload:
            self._happened(text)


def device_trigger(options: Options, common: Common) -> TriggerEntity:
    """Make a `device_automation`."""
    if (automation_type := options.needed_text("automation_type")) != "trigger":
        raise InvalidInputError(f"'automation_type' must be 'trigger', not {automation_type!r}")
    trigger = Trigger(
        trigger_type=options.needed_text("type"), subtype=options.needed_text("subtype"), **common.fields()
    )
    return TriggerEntity(options, common, trigger, options.template("value_template"), options.text("payload") or None)


def tag_scanner(options: Options, common: Common) -> TriggerEntity:
    """Make a `tag`: what it scans is the event."""
    trigger = Trigger(trigger_type="tag", **common.fields())
    return TriggerEntity(options, common, trigger, options.template("value_template"), None)


class InfraredReceiverEntity(_Happening):
    """The component `infrared` with `schema: receiver`; a code that stays in the state is learnt once."""

    __slots__ = ("_code",)

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.needed_watched("state_topic")
        super().__init__(options, common, InfraredReceiver(**common.fields()))
        self._code: str | None = None
        self.watch(state_topic, options.template("value_template"), self._read)

    def _read(self, text: str) -> None:
        if text in ("", NONE, "null", "[]", "{}") or text == self._code:
            return
        self._code = text
        self._happened(text)
