"""Covers and valves: what opens, closes, and may stop in between."""

from __future__ import annotations

from collections.abc import Iterable

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity, number_in
from intercom.devices.discovery.message import decode_json
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.scale import scale
from intercom.home.capabilities import Cover, CoverState, Motion, Valve, ValveState
from intercom.home.commands import Command, Move, MoveCover, MoveValve
from intercom.home.errors import InvalidInputError


class CoverEntity(Entity):
    """The component `cover`."""

    __slots__ = (
        "_command_topic",
        "_motions",
        "_open_closed",
        "_payload_stop_tilt",
        "_payloads",
        "_positions",
        "_set_position_template",
        "_set_position_topic",
        "_state_stopped",
        "_tilt_closed",
        "_tilt_command_template",
        "_tilt_command_topic",
        "_tilt_opened",
        "_tilts",
    )

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        position_topic = options.watched("position_topic")
        tilt_topic = options.watched("tilt_status_topic")
        self._command_topic = options.target("command_topic")
        self._set_position_topic = options.target("set_position_topic")
        self._tilt_command_topic = options.target("tilt_command_topic")
        self._payloads = {
            Move.OPEN: _payload(options, "payload_open", "OPEN"),
            Move.CLOSE: _payload(options, "payload_close", "CLOSE"),
            Move.STOP: _payload(options, "payload_stop", "STOP"),
        }
        self._open_closed = (options.whole_or("position_open", 100), options.whole_or("position_closed", 0))
        self._positions = scale(self._open_closed[1], self._open_closed[0], "'position_open' and 'position_closed'")
        self._tilts = scale(
            options.whole_or("tilt_min", 0), options.whole_or("tilt_max", 100), "'tilt_min' and 'tilt_max'"
        )
        self._tilt_opened = options.whole_or("tilt_opened_value", 100)
        self._tilt_closed = options.whole_or("tilt_closed_value", 0)
        is_assumed = options.flag("optimistic", default=False) or (
            state_topic is None and position_topic is None and tilt_topic is None
        )
        has_moves = self._command_topic is not None
        super().__init__(
            options,
            common,
            Cover(
                device_class=options.word("device_class"),
                can_open=has_moves and self._payloads[Move.OPEN] is not None,
                can_close=has_moves and self._payloads[Move.CLOSE] is not None,
                can_stop=has_moves and self._payloads[Move.STOP] is not None,
                has_position=self._set_position_topic is not None,
                has_tilt=self._tilt_command_topic is not None,
                **common.fields(is_assumed=is_assumed),
            ),
        )
        self._payload_stop_tilt = _payload(options, "payload_stop_tilt", "STOP")
        silent = set()
        if position_topic is None:
            silent |= {"position_pct"} if state_topic else {"position_pct", "motion"}
        if tilt_topic is None or options.flag("tilt_optimistic", default=False):
            silent.add("tilt_pct")
        self.silent = frozenset(silent)
        self._state_stopped = options.text_or("state_stopped", "stopped")
        self._motions: dict[str, Motion | None] = {
            NONE: None,
            options.text_or("state_closed", "closed"): Motion.CLOSED,
            options.text_or("state_open", "open"): Motion.OPEN,
            options.text_or("state_closing", "closing"): Motion.CLOSING,
            options.text_or("state_opening", "opening"): Motion.OPENING,
        }
        self._set_position_template = options.template("set_position_template")
        self._tilt_command_template = options.template("tilt_command_template")
        ends = self._ends()
        derives_motion = state_topic is None
        self.watch(
            position_topic,
            options.template("position_template"),
            self._read_position_and_motion if derives_motion else self._read_position,
            ends,
        )
        self.watch(state_topic, options.template("value_template"), self._read_motion)
        self.watch(tilt_topic, options.template("tilt_status_template"), self._read_tilt, ends)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, MoveCover)
        if command.move is not None and self._command_topic is not None:
            yield self.send(self._command_topic, None, self._payloads[command.move])
        elif command.position_pct is not None and self._set_position_topic is not None:
            position = round(command.position_pct)
            yield self.send(
                self._set_position_topic,
                self._set_position_template,
                round(self._positions.value(position)),
                {**self._ends(), "position": position, "entity_id": self.entity_id},
            )
        elif self._tilt_command_topic is not None:
            if command.tilt is Move.STOP:
                yield self.send(self._tilt_command_topic, None, self._payload_stop_tilt)
            elif command.tilt is not None:
                tilt = self._tilt_opened if command.tilt is Move.OPEN else self._tilt_closed
                yield self._send_tilt(tilt, tilt)
            elif command.tilt_pct is not None:
                tilt = round(command.tilt_pct)
                yield self._send_tilt(round(self._tilts.value(tilt)), tilt)

    def _send_tilt(self, value: int, tilt_position: int) -> Publish:
        assert self._tilt_command_topic is not None
        names = {**self._ends(), "tilt_position": tilt_position, "entity_id": self.entity_id}
        return self.send(self._tilt_command_topic, self._tilt_command_template, value, names)

    def _ends(self) -> dict[str, object]:
        position_open, position_closed = self._open_closed
        return {
            "position_open": position_open,
            "position_closed": position_closed,
            "tilt_min": self._tilts.zero,
            "tilt_max": self._tilts.full,
        }

    def _read_motion(self, text: str) -> None:
        if not text:
            return
        if text == self._state_stopped:
            self.change(motion=self._where_it_stopped())
        elif text in self._motions:
            self.change(motion=self._motions[text])
        else:
            expected = ", ".join(repr(known) for known in (*self._motions, self._state_stopped) if known != NONE)
            raise InvalidInputError(f"expected one of {expected}, got {text[:60]!r}")

    def _where_it_stopped(self) -> Motion:
        state = self.state
        assert isinstance(state, CoverState)
        if "position_pct" not in self.silent:
            return Motion.CLOSED if state.position_pct == 0 else Motion.OPEN
        return Motion.CLOSED if state.motion in (Motion.CLOSED, Motion.CLOSING) else Motion.OPEN

    def _read_position(self, text: str) -> None:
        if not text:
            return
        said = decode_json(text)
        if isinstance(said, dict):
            if "position" not in said:
                raise InvalidInputError("expected a position, got an object without 'position'")
            if "tilt_position" in said:
                self._read_tilt(str(said["tilt_position"]))
            text = str(said["position"])
        elif text == NONE:
            return
        percent = self._positions.percent(number_in(text))
        self.change(position_pct=float(min(100, max(0, percent))))

    def _read_position_and_motion(self, text: str) -> None:
        self._read_position(text)
        state = self.state
        assert isinstance(state, CoverState)
        if text not in ("", NONE):
            self.change(motion=Motion.CLOSED if state.position_pct == 0 else Motion.OPEN)

    def _read_tilt(self, text: str) -> None:
        if text in ("", NONE):
            return
        value = round(number_in(text))
        low, high = sorted((self._tilts.zero, self._tilts.full))
        if not low <= value <= high:
            raise InvalidInputError(f"expected a tilt from {low:g} to {high:g}, got {value}")
        self.change(tilt_pct=float(self._tilts.percent(value)))


class ValveEntity(Entity):
    """The component `valve`: with positions, or open and closed alone."""

    __slots__ = ("_command_template", "_command_topic", "_motions", "_open_closed", "_payloads", "_positions")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        self._command_topic = options.target("command_topic")
        has_position = options.flag("reports_position", default=False)
        self._payloads = {
            Move.OPEN: _payload(options, "payload_open", "OPEN"),
            Move.CLOSE: _payload(options, "payload_close", "CLOSE"),
            Move.STOP: options.text("payload_stop"),
        }
        self._open_closed = (options.whole_or("position_open", 100), options.whole_or("position_closed", 0))
        self._positions = scale(self._open_closed[1], self._open_closed[0], "'position_open' and 'position_closed'")
        is_assumed = options.flag("optimistic", default=False) or state_topic is None
        has_moves = self._command_topic is not None
        super().__init__(
            options,
            common,
            Valve(
                device_class=options.word("device_class"),
                can_open=has_moves and self._payloads[Move.OPEN] is not None,
                can_close=has_moves and self._payloads[Move.CLOSE] is not None,
                can_stop=has_moves and self._payloads[Move.STOP] is not None,
                has_position=has_moves and has_position,
                **common.fields(is_assumed=is_assumed),
            ),
        )
        self._motions: dict[str, Motion | None] = {
            NONE: None,
            options.text_or("state_closing", "closing"): Motion.CLOSING,
            options.text_or("state_opening", "opening"): Motion.OPENING,
        }
        if not has_position:
            self.silent = frozenset({"position_pct"})
            self._motions.setdefault(options.text_or("state_open", "open"), Motion.OPEN)
            self._motions.setdefault(options.text_or("state_closed", "closed"), Motion.CLOSED)
        self._command_template = options.template("command_template")
        self.watch(
            state_topic,
            options.template("value_template"),
            self._read_position if has_position else self._read_motion,
            self._ends(),
        )

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, MoveValve) and isinstance(self.capability, Valve)
        if self._command_topic is None:
            return
        if command.position_pct is not None:
            yield self._send_position(round(command.position_pct))
        elif self.capability.has_position and command.move is not Move.STOP:
            yield self._send_position(100 if command.move is Move.OPEN else 0)
        elif command.move is not None:
            yield self.send(self._command_topic, self._command_template, self._payloads[command.move])

    def _send_position(self, position: int) -> Publish:
        assert self._command_topic is not None
        value = round(self._positions.value(position))
        return self.send(self._command_topic, self._command_template, value, {**self._ends(), "position": position})

    def _ends(self) -> dict[str, object]:
        position_open, position_closed = self._open_closed
        return {"position_open": position_open, "position_closed": position_closed}

    def _read_motion(self, text: str) -> None:
        if not text:
            return
        said = decode_json(text)
        if isinstance(said, dict):
            if "state" not in said:
                raise InvalidInputError("expected a state, got an object without 'state'")
            text = str(said["state"])
        if text not in self._motions:
            expected = ", ".join(repr(known) for known in self._motions if known != NONE)
            raise InvalidInputError(f"expected one of {expected}, got {text[:60]!r}")
        self.change(motion=self._motions[text])

    def _read_position(self, text: str) -> None:
        if not text:
            return
        said = decode_json(text)
        position_text: str | None = text
        state_text: str | None = text
        if isinstance(said, dict):
            if "position" not in said:
                raise InvalidInputError("expected a position, got an object without 'position'")
            position_text = None if said["position"] is None else str(said["position"])
            state_text = said.get("state")
        if state_text == NONE:
            self.change(position_pct=None, motion=None)
            return
        moving = self._motions.get(state_text) if state_text else None
        position: float | None = None
        if position_text is not None and (moving is None or position_text != state_text):
            percent = self._positions.percent(number_in(position_text))
            position = float(min(100, max(0, percent)))
        state = self.state
        assert isinstance(state, ValveState)
        if position is None:
            self.change(motion=moving)
            return
        if moving is None and state.motion in (Motion.OPENING, Motion.CLOSING) and position not in (0, 100):
            moving = state.motion
        elif moving is None:
            moving = Motion.CLOSED if position == 0 else Motion.OPEN
        self.change(position_pct=position, motion=moving)


def _payload(options: Options, key: str, default: str) -> str | None:
    """Return the payload, the default without one, None when it is null: then there is no such command."""
    return options.text(key) if options.names(key) else default
