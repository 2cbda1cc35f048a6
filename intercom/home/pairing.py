"""How a phone gets in: it asks, the panel shows who asks and a code, the phone sends the code back.

Pure: time and randomness are passed in, keeping the counters is the caller's part. One code is live at a time. It is
burnt by its use, by five wrong tries, by its end or by a refusal at the panel. Wrong tries are also counted over an
hour (`tries`), and so is how often an address asks: somebody who asks on and on only gets to see that it is enough.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from intercom.home.access import Role
from intercom.home.errors import NotFoundError, TooManyTriesError, UnauthorizedError
from intercom.home.names import checked_actor_name
from intercom.home.tries import PERIOD_S, Secret, Tries, source_of

CODE_LIVES_S = 120.0
TRIES_PER_CODE = 5
REFUSED_FOR_S = 600.0
MOST_ASKED_BY_ADDRESS = 30
MOST_ASKED_IN_ALL = 300


class WrongCodeError(UnauthorizedError):
    """The code is not the one on the panel."""

    code = "wrong_code"


class ExpiredCodeError(UnauthorizedError):
    """There is no live code, or it was burnt."""

    code = "expired_code"


class BusyError(TooManyTriesError):
    """Somebody else is being paired; try again when that code has ended."""

    code = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCode:
    """The code that the panel shows.

    Attributes:
        code: six digits.
        name: who asks, as they call themselves; empty for a client that did not say.
        address: from where, for the panel to show.
        role: what they will be, chosen on the panel.
        ends_at: by the desk's clock, in seconds.
    """

    request_id: str
    code: str = field(repr=False)
    name: str
    address: str
    role: Role
    ends_at: float
    tries_left: int = TRIES_PER_CODE
    secret_hash: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingRequest:
    """What the asking client gets: the secret binds the code to the one who asked for it."""

    request_id: str
    secret: str = field(repr=False)
    lives_s: float = CODE_LIVES_S


class PairingDesk:
    """Makes codes, shows them to its watchers, and takes them back."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        tries: Tries,
        randbelow: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """`clock` gives seconds that never run backwards; wrong codes are counted by `tries`."""
        self._tries = tries
        self._clock = clock
        self._randbelow = randbelow
        self._live: LiveCode | None = None
        self._refused: dict[str, float] = {}
        self._asked: list[tuple[str, float]] = []
        self._watchers: list[Callable[[LiveCode | None], None]] = []

    @contextlib.contextmanager
    def watched_by(self, watcher: Callable[[LiveCode | None], None]) -> Iterator[None]:
        """Call `watcher` whenever the live code changes, with None when there is none any more."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    @property
    def live(self) -> LiveCode | None:
        """The live code, if there is one."""
        if self._live is not None and self._clock() >= self._live.ends_at:
            self._show(None)
        return self._live

    def ask(self, *, name: str, address: str) -> PairingRequest:
        """Make a code for a client that calls itself `name`, and show it.

        Raises:
            InvalidInputError: no name, or one that cannot be shown.
            BusyError: another address is being paired.
            TooManyTriesError: too many wrong codes in the last hour, or this address asked too often, or was refused
                at the panel.
        """
        name = checked_actor_name(name)
        self._check_limits(address)
        live = self.live
        if live is not None and live.address != address:
            raise BusyError("another device is being paired; try again in a moment")
        self._count_asking(address)
        secret = secrets.token_urlsafe(24)
        code = self._make(name=name, address=address, secret_hash=_hash(secret))
        return PairingRequest(request_id=code.request_id, secret=secret)

    def make_plain(self, *, address: str) -> None:
        """Make a code that anyone in front of the panel may use, as the ancestor's `/auth/code` does."""
        self._check_limits(address)
        live = self.live
        if live is not None and live.secret_hash is not None:
            raise BusyError("another device is being paired; try again in a moment")
        self._count_asking(address)
        self._make(name="", address=address, secret_hash=None)

    def redeem(self, *, request_id: str, secret: str, code: str, address: str) -> LiveCode:
        """Take the code back from the client that asked; return what it was good for.

        Raises:
            NotFoundError: not the request that is being paired.
            ExpiredCodeError: no live code.
            WrongCodeError: another code; the caller keeps the tries.
            TooManyTriesError: too many wrong codes in the last hour.
        """
        self._tries.check(Secret.CODE, address)
        live = self.live
        if live is None:
            raise ExpiredCodeError("this code has ended; ask for a new one")
        if live.secret_hash is None or live.request_id != request_id:
            raise NotFoundError("there is no such pairing request")
        if not hmac.compare_digest(live.secret_hash, _hash(secret)):
            raise NotFoundError("there is no such pairing request")
        return self._take(live, code, address)

    def redeem_plain(self, code: str, *, address: str) -> LiveCode:
        """Take back a code made by `make_plain`; errors as `redeem`."""
        self._tries.check(Secret.CODE, address)
        live = self.live
        if live is None or live.secret_hash is not None:
            raise ExpiredCodeError("this code has ended; ask for a new one")
        return self._take(live, code, address)

    def choose_role(self, role: Role) -> None:
        """Set what the asking client will be."""
        if self._live is not None:
            self._show(replace(self._live, role=role))

    def refuse(self) -> None:
        """Burn the live code; its address may not ask again for ten minutes."""
        if self._live is not None:
            self._refused[source_of(self._live.address)] = self._clock() + REFUSED_FOR_S
            self._show(None)

    def burn(self) -> None:
        """Burn the live code, if there is one."""
        if self._live is not None:
            self._show(None)

    def _take(self, live: LiveCode, code: str, address: str) -> LiveCode:
        if hmac.compare_digest(live.code.encode(), code.encode("utf-8", "surrogatepass")):
            self._show(None)
            return live
        self._tries.count(Secret.CODE, address)
        left = live.tries_left - 1
        self._show(replace(live, tries_left=left) if left else None)
        raise WrongCodeError(f"wrong code; {left} tries left" if left else "wrong code; ask for a new one")

    def _make(self, *, name: str, address: str, secret_hash: bytes | None) -> LiveCode:
        live = LiveCode(
            request_id=secrets.token_urlsafe(12),
            code=f"{self._randbelow(1_000_000):06d}",
            name=name,
            address=address,
            role=Role.RESIDENT,
            ends_at=self._clock() + CODE_LIVES_S,
            secret_hash=secret_hash,
        )
        self._show(live)
        return live

    def _check_limits(self, address: str) -> None:
        self._tries.check(Secret.CODE, address)
        now = self._clock()
        self._refused = {refused: until for refused, until in self._refused.items() if until > now}
        if source_of(address) in self._refused:
            raise TooManyTriesError("this was refused at the panel; try again later")

    def _count_asking(self, address: str) -> None:
        now, source = self._clock(), source_of(address)
        self._asked = [(asker, at) for asker, at in self._asked if at > now - PERIOD_S]
        by_address = sum(asker == source for asker, _ in self._asked)
        if by_address >= MOST_ASKED_BY_ADDRESS or len(self._asked) >= MOST_ASKED_IN_ALL:
            raise TooManyTriesError("codes were asked for too often; try again in an hour")
        self._asked.append((source, now))

    def _show(self, live: LiveCode | None) -> None:
        self._live = live
        for watcher in self._watchers:
            watcher(live)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
