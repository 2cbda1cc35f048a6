"""Who has an account: people who log in by name and password."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.access import PANEL, AccountId, Role
from intercom.home.errors import NotFoundError
from intercom.panel.clients import ROLE_TEXTS
from intercom.panel.gate import OwnerGate
from intercom.panel.language import isolated, panel_text
from intercom.panel.pin_choice import PinChoice
from intercom.panel.problems import name_problem, password_problem
from intercom.panel.rows import FollowingModel
from intercom.panel.tasks import Tasks
from intercom.panel.toasts import ToastModel
from intercom.storage.accounts import (
    MOST_ACCOUNTS,
    Account,
    AccountChanges,
    Accounts,
    ConflictError,
    LastOwnerError,
    NameTakenError,
)

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

ROLES = (Role.OWNER, Role.RESIDENT, Role.GUEST)
"""What a person may be, in the order of the choices."""


@QmlElement
class PeopleModel(FollowingModel):
    """The accounts, the oldest first; looked at anew while the list is on the screen."""

    countChanged = Signal()
    problemsChanged = Signal()
    rolesChanged = Signal()
    saved = Signal()

    fields: ClassVar = {
        "accountId": lambda account: account.id,
        "name": lambda account: account.name,
        "role": lambda account: ROLES.index(account.role),
        "words": lambda account: panel_text(ROLE_TEXTS[account.role]),
    }

    _rows: list[Account]

    def __init__(self, accounts: Accounts, gate: OwnerGate, tasks: Tasks, toasts: ToastModel, parent: QObject) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._gate = gate
        self._tasks = tasks
        self._toasts = toasts
        self._name_problem = self._password_problem = ""
        self._pin = PinChoice(self._choose_pin, self)

    def name_of(self, account_id: AccountId) -> str:
        """Return the name of an account, as far as it is known."""
        return next((account.name for account in self._rows if account.id == account_id), "")

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.rolesChanged.emit()
        self.forgetProblems()
        self._pin.begin()
        self._redraw()

    # For QML: what to draw

    @Property(int, notify=countChanged)
    def count(self) -> int:
        return len(self._rows)

    @Property("QStringList", notify=rolesChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def roles(self) -> list[str]:
        """What a person may be."""
        return [panel_text(ROLE_TEXTS[role]) for role in ROLES]

    @Property(str, notify=problemsChanged)
    def nameProblem(self) -> str:
        """Why the name that was typed last will not do; empty when it will."""
        return self._name_problem

    @Property(str, notify=problemsChanged)
    def passwordProblem(self) -> str:
        return self._password_problem

    @Property(PinChoice, notify=problemsChanged)
    def pin(self) -> PinChoice:
        """Another PIN for the panel; `saved` tells when it is kept."""
        return self._pin

    # For QML: what was touched

    @Slot()
    def refresh(self) -> None:
        """Look at the accounts anew."""
        self._tasks.start(self._refresh())

    @Slot(str, str, int)
    def add(self, name: str, password: str, role: int) -> None:
        """Make an account; `saved` tells when it is made."""
        name = " ".join(name.split())
        if self._has_problem(name_problem(name), password_problem(password, name=name)):
            return
        self._gate.start(self._add(name, password, ROLES[role]))

    @Slot(str, int)
    def changeRole(self, account_id: str, role: int) -> None:
        """Give somebody another role; their logins get it at once."""
        self._gate.start(self._change_role(AccountId(account_id), ROLES[role]))

    @Slot(str, str)
    def setPassword(self, account_id: str, password: str) -> None:
        """Give somebody another password, which ends their logins; `saved` tells when it is kept."""
        name = self.name_of(AccountId(account_id))
        if not self._has_problem("", password_problem(password, name=name)):
            self._gate.start(self._set_password(AccountId(account_id), password, name))

    @Slot(str)
    def remove(self, account_id: str) -> None:
        """Remove an account, which ends its logins; `saved` tells when it is gone."""
        self._gate.start(self._remove(AccountId(account_id)))

    @Slot()
    def forgetProblems(self) -> None:
        """Say no more what will not do."""
        self._has_problem("", "")

    # Inside

    async def _refresh(self) -> None:
        rows = await self._accounts.all()
        if rows != self._rows:
            self._replace(rows)
            self.countChanged.emit()

    async def _add(self, name: str, password: str, role: Role) -> None:
        try:
            await self._accounts.add(name=name, password=password, role=role, by=PANEL.name)
        except NameTakenError:
            self._has_problem(panel_text("Somebody else is called that already"), "")
            return
        except ConflictError:
            self._toasts.show(panel_text("There are %1 people already", str(MOST_ACCOUNTS)))
            return
        await self._refresh()
        self.saved.emit()

    async def _change_role(self, account_id: AccountId, role: Role) -> None:
        try:
            await self._accounts.change(account_id, AccountChanges(role=role), by=PANEL.name)
        except LastOwnerError:
            self._toasts.show(self._last_owner(account_id))
        except NotFoundError:
            self.saved.emit()
        await self._refresh()

    async def _set_password(self, account_id: AccountId, password: str, name: str) -> None:
        try:
            await self._accounts.change(account_id, AccountChanges(password=password), by=PANEL.name)
        except NotFoundError:
            await self._refresh()
        else:
            self._toasts.show(panel_text("%1 has a new password", isolated(name)))
        self.saved.emit()

    async def _remove(self, account_id: AccountId) -> None:
        name = self.name_of(account_id)
        try:
            await self._accounts.remove(account_id, by=PANEL.name)
        except LastOwnerError:
            self._toasts.show(self._last_owner(account_id))
            return
        except NotFoundError:
            pass
        else:
            self._toasts.show(panel_text("The account of %1 was removed", isolated(name)))
        await self._refresh()
        self.saved.emit()

    def _choose_pin(self, pin: str) -> None:
        self._gate.start(self._keep_pin(pin))

    async def _keep_pin(self, pin: str) -> None:
        await self._gate.choose(pin)
        self.saved.emit()
        self._toasts.show(panel_text("The new PIN is in use"))

    def _last_owner(self, account_id: AccountId) -> str:
        return panel_text("%1 is the last owner: make somebody else an owner first", isolated(self.name_of(account_id)))

    def _has_problem(self, name_problem: str, password_problem: str) -> bool:
        if (name_problem, password_problem) != (self._name_problem, self._password_problem):
            self._name_problem, self._password_problem = name_problem, password_problem
            self.problemsChanged.emit()
        return bool(name_problem or password_problem)
