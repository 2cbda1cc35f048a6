"""Locks and alarm panels: what guards the home and may ask for a code."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity, unexpected
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.patterns import usable_pattern
from intercom.home.capabilities import Alarm, Bolt, Guard, Lock
from intercom.home.commands import Command, OperateLock, SetAlarm, Turnkey
from intercom.home.errors import InvalidInputError

_MAX_CODE = 64


class LockEntity(Entity):
    """The component `lock`."""

    __slots__ = ("_bolts", "_command_template", "_command_topic", "_payloads", "_reset")

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.needed_target("command_topic")
        state_topic = options.watched("state_topic")
        is_assumed = options.flag("optimistic", default=False) or state_topic is None
        super().__init__(
            options,
            common,
            Lock(
                can_open="payload_open" in options,
                code_pattern=usable_pattern(options.text("code_format"), _MAX_CODE, ".+"),
                **common.fields(is_assumed=is_assumed),
            ),
        )
        self._payloads = {
            Turnkey.LOCK: options.text_or("payload_lock", "LOCK"),
            Turnkey.UNLOCK: options.text_or("payload_unlock", "UNLOCK"),
            Turnkey.OPEN: options.text("payload_open"),
        }
        self._reset = options.text_or("payload_reset", NONE)
        self._bolts = {
            options.text_or("state_jammed", "JAMMED"): Bolt.JAMMED,
            options.text_or("state_unlocked", "UNLOCKED"): Bolt.UNLOCKED,
            options.text_or("state_unlocking", "UNLOCKING"): Bolt.UNLOCKING,
            options.text_or("state_open", "OPEN"): Bolt.OPEN,
            options.text_or("state_opening", "OPENING"): Bolt.OPENING,
            options.text_or("state_locking", "LOCKING"): Bolt.LOCKING,
            options.text_or("state_locked", "LOCKED"): Bolt.LOCKED,
        }
        self._command_template = options.template("command_template")
        self.watch(state_topic, options.template("value_template"), self._read_state)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, OperateLock)
        yield self.send(
            self._command_topic, self._command_template, self._payloads[command.turn], {"code": command.code}
        )

    def _read_state(self, text: str) -> None:
        if text == self._reset:
            self.change(bolt=None)
        elif text in self._bolts:
            self.change(bolt=self._bolts[text])


_ARMS = {
    "arm_home": Guard.ARMED_HOME,
    "arm_away": Guard.ARMED_AWAY,
    "arm_night": Guard.ARMED_NIGHT,
    "arm_vacation": Guard.ARMED_VACATION,
    "arm_custom_bypass": Guard.ARMED_CUSTOM,
}
_GUARDS = {guard.value: guard for guard in Guard}
_REMOTE_CODES = {"REMOTE_CODE": r"\d+", "REMOTE_CODE_TEXT": ".+"}


class AlarmEntity(Entity):
    """The component `alarm_control_panel`.

    Its `code` is a code to be entered here, or REMOTE_CODE(_TEXT) when the device checks the code itself.
    """

    __slots__ = ("_code", "_command_template", "_command_topic", "_needs_code", "_payloads")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.needed_watched("state_topic")
        self._command_topic = options.needed_target("command_topic")
        features = options.texts("supported_features") if "supported_features" in options else (*_ARMS, "trigger")
        self._code = options.text("code")
        self._needs_code = {
            "arm": options.flag("code_arm_required", default=True),
            "disarm": options.flag("code_disarm_required", default=True),
            "trigger": options.flag("code_trigger_required", default=True),
        }
        super().__init__(
            options,
            common,
            Alarm(
                arms=tuple(guard for feature, guard in _ARMS.items() if feature in features),
                can_trigger="trigger" in features,
                code_pattern=self._code_pattern(),
                arming_needs_code=self._code is not None and self._needs_code["arm"],
                disarming_needs_code=self._code is not None and self._needs_code["disarm"],
                **common.fields(is_assumed=False),
            ),
        )
        self._payloads = {
            Guard.DISARMED: options.text_or("payload_disarm", "DISARM"),
            Guard.TRIGGERED: options.text_or("payload_trigger", "TRIGGER"),
        } | {guard: options.text_or(f"payload_{feature}", feature.upper()) for feature, guard in _ARMS.items()}
        self._command_template = options.template("command_template")
        self.watch(state_topic, options.template("value_template"), self._read_state)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, SetAlarm)
        step = {Guard.DISARMED: "disarm", Guard.TRIGGERED: "trigger"}.get(command.guard, "arm")
        if self._needs_code[step] and not self._accepts(command.code):
            raise InvalidInputError("the code is wrong" if command.code else "it asks for a code")
        action = self._payloads[command.guard]
        if self._command_template is None:
            yield self.send(self._command_topic, None, action)
        else:
            variables = {"action": action, "code": command.code}
            yield self.send(self._command_topic, self._command_template, None, variables)

    def _accepts(self, code: str | None) -> bool:
        if self._code is None:
            return True
        if self._code in _REMOTE_CODES:
            return bool(code)
        return hmac.compare_digest(_comparable(code or ""), _comparable(self._code))

    def _code_pattern(self) -> str | None:
        if self._code is None:
            return None
        return _REMOTE_CODES.get(self._code, r"\d+" if self._code.isdigit() else ".+")

    def _read_state(self, text: str) -> None:
        if text == NONE:
            self.change(guard=None)
        elif text in _GUARDS:
            self.change(guard=_GUARDS[text])
        elif text:
            raise unexpected(text, _GUARDS)


def _comparable(code: str) -> bytes:
    return code.encode("utf-8", "surrogatepass")
