"""The first owner, made at the wall: a name, a password, and a PIN for the wall itself.

All three are looked at before anything is kept. The account is kept first: an owner without a PIN can choose one in the
settings, a PIN without an owner would shut everybody out of them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.access import PANEL, Role
from intercom.home.errors import IntercomError
from intercom.panel.gate import OwnerGate
from intercom.panel.language import isolated, panel_text
from intercom.panel.pin_choice import PinChoice
from intercom.panel.problems import name_problem, password_problem
from intercom.panel.tasks import Tasks
from intercom.panel.toasts import ToastModel
from intercom.storage.accounts import Accounts, ConflictError, NameTakenError

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class FirstOwner(QObject):
    """Whether the home lacks an owner, and one that is being made."""

    changed = Signal()
    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        accounts: Accounts,
        gate: OwnerGate,
        tasks: Tasks,
        toasts: ToastModel,
        parent: QObject,
        *,
        on_offered: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_offered` is called when the offer was taken or put off."""
        super().__init__(parent)
        self._accounts = accounts
        self._gate = gate
        self._tasks = tasks
        self._toasts = toasts
        self._on_offered = on_offered
        self._is_needed = False
        self._is_at_work = False
        self._name = self._password = ""
        self._has_login = False
        self._name_problem = self._password_problem = ""
        self._pin = PinChoice(self._make, self)

    def offer(self) -> None:
        """Open the sheet when the home lacks an owner."""
        self._tasks.start(self._offer())

    async def _offer(self) -> None:
        await self._look()
        if self._is_needed and self._gate.isOpen:
            self.begin()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._pin.begin()
        self.forgetProblems()

    # For QML

    @Property(bool, notify=changed)
    def isNeeded(self) -> bool:
        """Nobody can log in as an owner."""
        return self._is_needed

    @Property(bool, notify=changed)
    def hasLogin(self) -> bool:
        """Name and password are good; the PIN comes next."""
        return self._has_login

    @Property(bool, notify=changed)
    def isAtWork(self) -> bool:
        """All was typed, and is being kept."""
        return self._is_at_work

    @Property(str, notify=changed)
    def nameProblem(self) -> str:
        return self._name_problem

    @Property(str, notify=changed)
    def passwordProblem(self) -> str:
        return self._password_problem

    @Property(PinChoice, notify=changed)
    def pin(self) -> PinChoice:
        return self._pin

    @Slot()
    def look(self) -> None:
        """Look anew whether the home lacks an owner."""
        self._tasks.start(self._look())

    @Slot()
    def begin(self) -> None:
        """Begin anew, and open the sheet."""
        self._forget()
        self.opened.emit()

    @Slot(str, str)
    def enterLogin(self, name: str, password: str) -> None:
        """Take the name and the password."""
        name = " ".join(name.split())
        self._name_problem = name_problem(name)
        self._password_problem = password_problem(password, name=name)
        self._has_login = not (self._name_problem or self._password_problem)
        if self._has_login:
            self._name, self._password = name, password
            self._pin.begin()
        self.changed.emit()

    @Slot()
    def goBack(self) -> None:
        """Go back to the name and the password."""
        self._has_login = False
        self._pin.begin()
        self.changed.emit()

    @Slot()
    def forgetProblems(self) -> None:
        """Say no more what will not do."""
        if self._name_problem or self._password_problem:
            self._name_problem = self._password_problem = ""
            self.changed.emit()

    @Slot()
    def close(self) -> None:
        """Put it off: forget what was typed."""
        self._forget()
        self._on_offered()
        self.closed.emit()

    # Inside

    def _make(self, pin: str) -> None:
        self._is_at_work = True
        self.changed.emit()
        self._gate.start(self._keep(self._name, self._password, pin))

    async def _keep(self, name: str, password: str, pin: str) -> None:
        try:
            await self._accounts.add(name=name, password=password, role=Role.OWNER, by=PANEL.name, only_first=True)
        except NameTakenError:
            self._name_problem = panel_text("Somebody else is called that already")
            self._end()
            self.goBack()
        except ConflictError:
            self._end()
            self.close()
            self._toasts.show(panel_text("There is an owner already"))
        except IntercomError:
            self._end()
            raise
        else:
            await self._choose(pin)
            self._toasts.show(panel_text("%1 is the owner now", isolated(name)))
        await self._look()

    async def _choose(self, pin: str) -> None:
        """Keep the PIN; where that fails it can be chosen in the settings, for the owner is made."""
        try:
            await self._gate.choose(pin)
        except IntercomError:
            self._end()
            self.close()
            raise
        self._end()
        self.close()

    def _end(self) -> None:
        self._is_at_work = False
        self.changed.emit()

    async def _look(self) -> None:
        is_needed = not await self._accounts.has_owner()
        if is_needed != self._is_needed:
            self._is_needed = is_needed
            self.changed.emit()

    def _forget(self) -> None:
        self._name = self._password = ""
        self._has_login = False
        self._name_problem = self._password_problem = ""
        self._pin.begin()
        self.changed.emit()
