"""Firmware that can be renewed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity
from intercom.devices.discovery.message import decode_json
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Update, UpdateState
from intercom.home.commands import Command, InstallUpdate
from intercom.home.errors import InvalidInputError

_TEXTS = {
    "installed_version": "installed",
    "latest_version": "latest",
    "title": "title",
    "release_summary": "notes",
}


class UpdateEntity(Entity):
    """The component `update`; its state is a version, or an object with all there is to say."""

    __slots__ = ("_command_topic", "_payload")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        latest_topic = options.watched("latest_version_topic")
        if state_topic is None and latest_topic is None:
            raise options.missing("'state_topic'")
        self._command_topic = options.target("command_topic")
        self._payload = options.text("payload_install")
        super().__init__(
            options,
            common,
            Update(
                device_class=options.word("device_class"),
                can_install=self._command_topic is not None and self._payload is not None,
                **common.fields(),
            ),
        )
        self.state = UpdateState(
            title=options.text("title"),
            notes=options.text("release_summary"),
            notes_url=web_address(options.text("release_url")),
        )
        self.watch(state_topic, options.template("value_template"), self._read)
        self.watch(latest_topic, options.template("latest_version_template"), self._read_latest)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, InstallUpdate)
        if self._command_topic is not None and self._payload is not None:
            yield self.wire.publish(self._command_topic, self._payload)

    def _read(self, text: str) -> None:
        if text in ("", "{}"):
            return
        said = decode_json(text)
        if not isinstance(said, dict):
            self.change(installed=None if text == NONE else text)
            return
        fields: dict[str, Any] = {
            field: None if said[key] in (None, NONE) else str(said[key]) for key, field in _TEXTS.items() if key in said
        }
        if "release_url" in said:
            fields["notes_url"] = web_address(said["release_url"])
        if "update_percentage" in said:
            percentage = said["update_percentage"]
            if percentage is not None and not (isinstance(percentage, int | float) and 0 <= percentage <= 100):
                raise InvalidInputError(f"expected an update_percentage from 0 to 100, got {str(percentage)[:60]!r}")
            fields["progress_pct"] = None if percentage is None else float(percentage)
            fields["is_running"] = percentage is not None
        if "in_progress" in said:
            fields["is_running"] = said["in_progress"] in (True, 1, "true", "on", "1", "yes", "True")
        self.change(**fields)

    def _read_latest(self, text: str) -> None:
        if text:
            self.change(latest=None if text == NONE else text)


def web_address(text: object) -> str | None:
    """Return an address that a browser may be sent to, None for anything else."""
    return text if isinstance(text, str) and text.startswith(("http://", "https://")) else None
