"""The handlers of `/api/v1` about people: pairing, logging in and out, sessions, accounts, and the audit log."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from intercom.home.access import NO_TERMS, AccountId, Action, Principal, SessionId
from intercom.home.errors import IntercomError, InvalidInputError, TooManyTriesError, UnauthorizedError
from intercom.home.pairing import PairingDesk, WrongCodeError
from intercom.home.tries import source_of
from intercom.relay import wire
from intercom.relay.api import Desk, answer
from intercom.relay.auth import (
    Entrance,
    cookie_of,
    drop_cookies,
    give_new_cookie,
    keep_refresh_credential,
    own_session,
    refresh_credential_of,
)
from intercom.relay.bodies import body_of
from intercom.relay.fences import address_of
from intercom.storage.accounts import Account, AccountChanges, Accounts
from intercom.storage.audit import Audit, AuditEntry, AuditEvent
from intercom.storage.pin import OwnerPin
from intercom.storage.sessions import Admission, Session, SessionChanges, Sessions
from intercom.storage.terms import terms_wire
from intercom.storage.tokens import LIVES_S, Audience, Tokens
from intercom.storage.wrong_tries import WrongTries

ALIKE_S: Final = 0.1
"""How long an answer to a code takes at least: longer than anything that right, wrong and ended ones differ in."""

MOST_ENTRIES: Final = 500
TOLD_AGAIN_S: Final = 3600.0


@contextlib.asynccontextmanager
async def taking_as_long() -> AsyncIterator[None]:
    """Let the block take `ALIKE_S`, however it ends."""
    ends_at = time.monotonic() + ALIKE_S
    try:
        yield
    finally:
        await asyncio.sleep(ends_at - time.monotonic())


class Refusals:
    """Puts into the audit log who was refused: each wrong code, and of too many tries one entry an hour and address."""

    def __init__(self, *, audit: Audit, wrong_tries: WrongTries) -> None:
        self._audit = audit
        self._wrong_tries = wrong_tries
        self._told: dict[str, float] = {}

    async def take(self, error: IntercomError, address: str) -> None:
        """Take note of why somebody was refused; wrong tries are on the disk when this returns."""
        if isinstance(error, WrongCodeError):
            await self._wrong_tries.keep()
            await self._audit.add(AuditEvent.WRONG_CODE, address=address)
        elif isinstance(error, TooManyTriesError) and error.code == TooManyTriesError.code:
            now, source = time.monotonic(), source_of(address)
            self._told = {each: at for each, at in self._told.items() if now - at < TOLD_AGAIN_S}
            if source not in self._told and len(self._told) < 100:
                self._told[source] = now
                await self._audit.add(AuditEvent.TOO_MANY_TRIES, detail=str(error), address=address)


class People(Desk):
    """Answers what is asked about people."""

    def __init__(
        self,
        *,
        entrance: Entrance,
        desk: PairingDesk,
        sessions: Sessions,
        tokens: Tokens,
        accounts: Accounts,
        pin: OwnerPin,
        audit: Audit,
        refusals: Refusals,
    ) -> None:
        super().__init__(entrance=entrance, sessions=sessions)
        self._desk = desk
        self._tokens = tokens
        self._accounts = accounts
        self._pin = pin
        self._audit = audit
        self._refusals = refusals

    # Pairing

    async def ask_pairing(self, request: web.Request) -> web.Response:
        asked = wire.read(body_of(request), wire.PairingAsked)
        address = address_of(request)
        try:
            made = self._desk.ask(name=asked.name, address=address)
        except IntercomError as error:
            await self._refusals.take(error, address)
            raise
        told = {"request_id": made.request_id, "secret": made.secret, "lives_s": made.lives_s}
        return answer(told, status=201)

    async def give_code(self, request: web.Request) -> web.Response:
        given = wire.read(body_of(request), wire.CodeGiven)
        address = address_of(request)
        async with taking_as_long():
            try:
                asker = self._desk.redeem(
                    request_id=request.match_info["request_id"], secret=given.secret, code=given.code, address=address
                )
            except IntercomError as error:
                await self._refusals.take(error, address)
                raise
            admission = await self._sessions.add(name=asker.name, role=asker.role, address=address, let_in_by="panel")
        return self._admitted(request, admission, is_native=given.native)

    async def refresh(self, request: web.Request) -> web.Response:
        asked = wire.read(body_of(request), wire.RefreshAsked)
        credential = asked.refresh_credential or refresh_credential_of(request)
        if not credential:
            raise UnauthorizedError("a refresh credential is needed")
        admission = await self._sessions.refresh(credential, address=address_of(request))
        return self._admitted(request, admission, is_native=asked.refresh_credential is not None)

    def _admitted(self, request: web.Request, admission: Admission, *, is_native: bool) -> web.Response:
        session = admission.session
        told: wire.Json = {
            "access_token": self._tokens.issue(session),
            "expires_in_s": LIVES_S[Audience.API],
            "session": wire.principal_wire(session.principal),
        }
        if is_native:
            return answer({**told, "refresh_credential": admission.refresh_credential})
        response = answer(told)
        keep_refresh_credential(request, response, admission.refresh_credential)
        return response

    # Logging in and out

    async def log_in(self, request: web.Request) -> web.Response:
        asked = wire.read(body_of(request), wire.LoginAsked)
        address = address_of(request)
        try:
            login = await self._accounts.log_in(
                name=asked.name,
                password=asked.password,
                address=address,
                client=asked.client,
                in_place_of=cookie_of(request),
            )
        except TooManyTriesError as error:
            await self._refusals.take(error, address)
            raise
        give_new_cookie(request, login.cookie)
        return answer({"session": wire.principal_wire(login.session.principal)})

    async def session(self, request: web.Request) -> web.Response:
        return answer(wire.principal_wire(await self.who(request)))

    async def log_out(self, request: web.Request) -> web.Response:
        principal = await self._entrance.principal_of(request, at_any_hour=True)
        await self._sessions.remove(own_session(principal), by=principal.name, address=address_of(request), is_own=True)
        response = web.Response(status=204)
        drop_cookies(request, response)
        return response

    async def change_password(self, request: web.Request) -> web.Response:
        principal = await self.who(request)
        asked = wire.read(body_of(request), wire.PasswordChange)
        await self._accounts.change_own_password(principal, old=asked.old, new=asked.new, address=address_of(request))
        return web.Response(status=204)

    # Clients: all sessions, paired or logged in

    async def clients(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        return answer({"clients": [_client_wire(session, principal) for session in self._sessions.all]})

    async def change_client(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        patch = wire.read(body_of(request), wire.SessionPatch)
        session_id = SessionId(request.match_info["session_id"])
        session = self._sessions.find(session_id)
        if session is not None and session.account_id is not None:
            raise InvalidInputError("this is a login: change its account")
        changes = SessionChanges(
            name=patch.name, role=patch.role, terms=None if patch.terms is None else patch.terms.terms
        )
        changed = await self._sessions.change(session_id, changes, by=principal.name, address=address_of(request))
        return answer(_client_wire(changed, principal))

    async def remove_client(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        session_id = SessionId(request.match_info["session_id"])
        await self._sessions.remove(
            session_id, by=principal.name, address=address_of(request), is_own=session_id == principal.session_id
        )
        return web.Response(status=204)

    # Accounts

    async def accounts(self, request: web.Request) -> web.Response:
        await self.may(request, Action.MANAGE_PEOPLE)
        return answer({"accounts": [_account_wire(account) for account in await self._accounts.all()]})

    async def add_account(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        made = wire.read(body_of(request), wire.AccountMade)
        account = await self._accounts.add(
            name=made.name,
            password=made.password,
            role=made.role,
            terms=NO_TERMS if made.terms is None else made.terms.terms,
            by=principal.name,
            address=address_of(request),
        )
        return answer(_account_wire(account), status=201)

    async def change_account(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        patch = wire.read(body_of(request), wire.AccountPatch)
        changes = AccountChanges(
            role=patch.role,
            terms=None if patch.terms is None else patch.terms.terms,
            password=patch.password,
        )
        account_id = AccountId(request.match_info["account_id"])
        changed = await self._accounts.change(account_id, changes, by=principal.name, address=address_of(request))
        return answer(_account_wire(changed))

    async def remove_account(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        account_id = AccountId(request.match_info["account_id"])
        await self._accounts.remove(account_id, by=principal.name, address=address_of(request))
        return web.Response(status=204)

    async def choose_pin(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.MANAGE_PEOPLE)
        chosen = wire.read(body_of(request), wire.PinChosen)
        await self._pin.choose(chosen.pin, by=principal.name, address=address_of(request))
        return web.Response(status=204)

    # The audit log

    async def audit(self, request: web.Request) -> web.Response:
        await self.may(request, Action.SEE_AUDIT)
        entries = await self._audit.latest(
            limit=_whole(request, "limit", default=100, most=MOST_ENTRIES),
            before=_whole(request, "before", default=1 << 53, most=1 << 53),
        )
        return answer({"entries": [_entry_wire(entry) for entry in entries]})


def _client_wire(session: Session, principal: Principal) -> wire.Json:
    return {
        **wire.principal_wire(session.principal),
        "created_at": session.created_at,
        "seen_at": session.seen_at,
        "address": session.address,
        "is_you": session.id == principal.session_id,
    }


def _account_wire(account: Account) -> wire.Json:
    told = {"id": account.id, "name": account.name, "role": account.role, "created_at": account.created_at}
    return told if account.terms == NO_TERMS else {**told, "terms": terms_wire(account.terms)}


def _entry_wire(entry: AuditEntry) -> wire.Json:
    told = {"id": entry.id, "at": entry.at, "event": entry.event}
    texts = {"who": entry.who, "about": entry.about, "detail": entry.detail, "address": entry.address}
    return {**told, **{name: text for name, text in texts.items() if text}}


def _whole(request: web.Request, name: str, *, default: int, most: int) -> int:
    said = request.query.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 17 and int(said) <= most):
        raise InvalidInputError(f"{name} must be a whole number from 0 to {most}")
    return int(said)
