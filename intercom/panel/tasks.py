"""The one crossing from Qt to asyncio: a touch starts a task in the app's group, and a refusal becomes a toast."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from intercom.home.access import PANEL
from intercom.home.capabilities import CapabilityId
from intercom.home.commands import Command, is_unlocking
from intercom.home.errors import IntercomError
from intercom.home.home import Home, Outcome
from intercom.home.model import DeviceId
from intercom.panel.language import panel_text
from intercom.panel.toasts import ToastModel, refusal_text
from intercom.storage.audit import Audit, AuditEvent

_log = logging.getLogger(__name__)


class Tasks:
    """Starts what touches ask for."""

    def __init__(self, home: Home, group: asyncio.TaskGroup, toasts: ToastModel, audit: Audit | None = None) -> None:
        """`audit` is told what was unlocked; without it nobody is."""
        self._home = home
        self._group = group
        self._toasts = toasts
        self._audit = audit

    def start(self, coroutine: Coroutine[Any, Any, object], *, about: str = "") -> None:
        """Run a coroutine in the app's group; an IntercomError is shown, and names `about`.

        A touch that comes while the app is stopping does nothing.
        """
        guarded = self._guard(coroutine, about)
        try:
            task = self._group.create_task(guarded)
        except RuntimeError:
            guarded.close()
            coroutine.close()
        else:
            task.add_done_callback(lambda _: coroutine.close())  # a task cancelled before its first step never ran it

    def command(self, device_id: DeviceId, capability_id: CapabilityId, command: Command) -> None:
        """Ask a device to change; a failure names it."""
        if self._home.has(device_id):
            about = self._home.shown_name(device_id)
            asked = self._home.command(device_id, capability_id, command)
            self.start(self._told(asked, about) if is_unlocking(command) else asked, about=about)

    async def _told(self, unlocking: Coroutine[Any, Any, Outcome], about: str) -> None:
        """Unlock, and tell the audit log how it ended."""
        detail = "failed"
        try:
            detail = (await unlocking).value
        except IntercomError as error:
            detail = error.code
            raise
        finally:
            if self._audit is not None:
                await self._audit.add(AuditEvent.UNLOCKED, who=PANEL.name, about=about, detail=detail)

    async def _guard(self, coroutine: Coroutine[Any, Any, object], about: str) -> None:
        try:
            await coroutine
        except IntercomError as error:
            _log.info("a touch was refused: %s", error)
            self._toasts.show(refusal_text(error, about))
        except Exception:
            _log.exception("a touch failed")
            self._toasts.show(panel_text("Something went wrong"))
