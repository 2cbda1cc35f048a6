"""What the relay shows to clients over TLS: certificates of the home's own, or one that somebody else made.

At the first start the home makes an authority, which phones can be told to trust, and a certificate signed by it. That
one is made anew, with a new key, when a third of its life is left or when the machine goes by another name; it then
takes the old one's place in the living TLS context, so that nothing has to be restarted.

**Clocks lie.** A small machine without a battery begins in 1970, or where it was switched off, and learns the time when
the network comes.

1. A time before this program was written is not believed: what there is stays, and what has to be made is made as of
   `EARLIEST`. When the true time comes, the next check makes anew what has ended by then.
2. A certificate that begins later than now was made by a clock that was ahead, or ours is behind. It is made anew, for
   that is right in both cases.
3. The authority is what phones trust, so it begins at a fixed day and is never made anew for that.

**A usual start reads, and parses nothing**: beside the certificates lies a note of what is in them, which holds as long
as their digests are those of the note. Only to make or to examine something `authority` is imported.

Each certificate is in one file with its key, so that they are replaced together.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from intercom.home.errors import StartupError
from intercom.storage.host_names import host_of_machine, is_within, names_of_machine
from intercom.system import sync_folder

if TYPE_CHECKING:
    from intercom.storage.authority import Pair

CHECK_EVERY_S: Final = 60.0
RENEW_AT: Final = 1 / 3
"""The share of its life that is left of a certificate when the next one is made."""

AUTHORITY_RENEWED_BEFORE_S: Final = 60 * 86_400.0
EARLIEST: Final = 1_767_225_600.0
"""2026-01-01: no true clock shows an earlier time to this program."""

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secret and authenticated; TLS 1.3 has no others."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What a phone has to trust.

    Attributes:
        fingerprint: the SHA-256 of `der` in pairs of digits, as phones show it: "3F A0 …".
    """

    der: bytes = field(repr=False)
    pem: bytes = field(repr=False)
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown to clients.

    Attributes:
        certificate, key: PEM files, or twice the same.
        version: another one when the files hold another certificate.
        names: the host names and addresses that it is good for, sorted.
        authority: None when it is not of the home's own making.
    """

    certificate: Path
    key: Path
    version: str
    names: tuple[str, ...]
    authority: Authority | None = None


class Source(Protocol):
    """Where certificates come from."""

    def current(self) -> Shown:
        """Return what is to be shown now; blocks.

        Raises:
            StartupError: there is nothing that can be shown.
        """
        ...


class Certificates:
    """A TLS context whose certificate stays good; made by `open_certificates`."""

    def __init__(self, source: Source, shown: Shown, context: ssl.SSLContext) -> None:
        self.context = context
        self._source = source
        self._shown = shown
        self._trouble = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The host names and addresses that the certificate is good for, sorted."""
        return self._shown.names

    @property
    def authority(self) -> Authority | None:
        """What a phone has to trust; None when somebody else made the certificate."""
        return self._shown.authority

    async def run(self) -> None:
        """Keep the certificate good until cancelled."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            await self.refresh()

    async def refresh(self) -> None:
        """Show the certificate of today from the next connection on; what is in the way is logged, once."""
        try:
            shown = await asyncio.to_thread(self._source.current)
            if shown.version != self._shown.version:
                # In the loop's thread: a context may not change while a handshake reads it.
                _load(self.context, shown)
                _log.info("a new certificate is shown, for %s", ", ".join(shown.names))
        except StartupError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                _log.warning("the certificate stays as it is: %s", error)
            return
        self._trouble = ""
        self._shown = shown


async def open_certificates(source: Source) -> Certificates:
    """Load the certificate of today.

    Raises:
        StartupError: there is none and none can be made; one clear line.
    """
    shown, context = await asyncio.to_thread(_open, source)
    return Certificates(source, shown, context)


class HomeMade:
    """An authority of the home's own, and what it signs."""

    def __init__(
        self,
        folder: Path,
        *,
        home_id: str,
        extra_names: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        host: Callable[[], str | None] = host_of_machine,
        machine_names: Callable[[], Iterable[str]] = names_of_machine,
    ) -> None:
        """`folder` is made if need be; `extra_names` are host names besides those of the machine."""
        self._folder = folder
        self._title = f"Intercom {home_id[:6]}"
        self._extra_names = frozenset(name.lower() for name in extra_names)
        self._clock = clock
        self._host = host
        self._machine_names = machine_names
        self._kept: _Kept | None = None
        self._left_out: set[str] = set()

    def current(self) -> Shown:
        try:
            self._kept = self._seen_to(self._kept or self._load())
        except OSError as error:
            raise StartupError(
                f"the certificates in {self._folder} cannot be read or written: {error.strerror or error}"
            ) from error
        return self._kept.shown(self._leaf_path)

    @property
    def _authority_path(self) -> Path:
        return self._folder / "authority.pem"

    @property
    def _leaf_path(self) -> Path:
        return self._folder / "relay.pem"

    @property
    def _note_path(self) -> Path:
        return self._folder / "note.json"

    def _seen_to(self, kept: _Kept | None) -> _Kept:
        """Return what was kept, as far as it is still good, and make the rest."""
        authority = kept.authority if kept is not None else None
        leaf = kept.leaf if kept is not None else None
        if authority is not None and authority.ends - AUTHORITY_RENEWED_BEFORE_S <= self._now(leaf):
            _log.warning("the home's certificate authority has come of age: phones must trust the new one")
            authority = None
        made: Pair | None = None
        if authority is None:
            authority, made = self._make_authority()
        wanted = self._wanted_names(authority)
        if leaf is None or not leaf.is_good(authority, wanted, self._now(leaf)):
            try:
                leaf = self._make_leaf(authority, made, wanted)
            except _DamagedError as damage:
                self._set_aside(self._authority_path, damage, "phones must trust the new authority")
                authority, made = self._make_authority()
                leaf = self._make_leaf(authority, made, wanted)
        fresh = _Kept(authority=authority, leaf=leaf)
        if fresh != kept:
            with contextlib.suppress(OSError):  # it only saves reading
                self._write(self._note_path, fresh.note())
        return fresh

    def _now(self, leaf: _LeafFacts | None = None) -> float:
        """Return the time; when the clock is not to be believed, one at which the certificate is good."""
        now = self._clock()
        return now if now >= EARLIEST else max(EARLIEST, leaf.begins if leaf is not None else EARLIEST)

    def _wanted_names(self, authority: _AuthorityFacts) -> frozenset[str]:
        names = {*self._machine_names(), *self._extra_names}
        wanted = {name for name in names if is_within(name, authority.domains, authority.networks)}
        for name in sorted(names - wanted - self._left_out):
            self._left_out.add(name)
            _log.info("%s is no name or address within a home, so the home's certificate is not for it", name)
        return frozenset(wanted)

    # What is on the disk

    def _load(self) -> _Kept | None:
        """Return what an earlier start left, as far as it can be used; what is damaged is set aside."""
        _prepare(self._folder)
        note = _read_note(self._note_path)
        pem = _read(self._authority_path)
        if pem is None:
            return None
        authority = note.authority if note is not None and note.authority.digest == _digest(pem) else None
        try:
            if authority is None:
                authority = _authority_facts(_examined(pem), pem)
        except _DamagedError as damage:
            self._set_aside(self._authority_path, damage, "phones must trust the new authority")
            return None
        return _Kept(authority=authority, leaf=self._load_leaf(note, authority, pem))

    def _load_leaf(self, note: _Kept | None, authority: _AuthorityFacts, authority_pem: bytes) -> _LeafFacts | None:
        pem = _read(self._leaf_path)
        if pem is None:
            return None
        if note is not None and note.leaf is not None and note.leaf.digest == _digest(pem):
            return note.leaf
        try:
            leaf = _examined(pem)
            if not leaf.is_from(_examined(authority_pem)):
                return None  # of the authority before: to be replaced, and no damage
        except _DamagedError as damage:
            self._set_aside(self._leaf_path, damage, "a new one is made")
            return None
        return _leaf_facts(leaf, pem, authority)

    def _make_authority(self) -> tuple[_AuthorityFacts, Pair]:
        from intercom.storage.authority import make_authority

        pair = make_authority(self._title, host=self._host(), now=self._now())
        pem = pair.pem()
        self._write(self._authority_path, pem)
        facts = _authority_facts(pair, pem)
        _log.info("the home has a new certificate authority, %s: %s", self._title, _authority(facts).fingerprint)
        return facts, pair

    def _make_leaf(self, authority: _AuthorityFacts, made: Pair | None, names: frozenset[str]) -> _LeafFacts:
        from intercom.storage.authority import make_leaf

        if made is None:
            made = _examined(_read(self._authority_path) or b"")
        pair = make_leaf(made, names, now=self._now())
        pem = pair.pem()
        self._write(self._leaf_path, pem)
        return _leaf_facts(pair, pem, authority)

    def _set_aside(self, path: Path, damage: _DamagedError, consequence: str) -> None:
        kept_as = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
        path.replace(kept_as)
        _log.warning("%s is damaged (%s); it was set aside as %s: %s", path, damage, kept_as.name, consequence)

    def _write(self, path: Path, content: bytes) -> None:
        """All or nothing, whenever we are killed."""
        _prepare(self._folder)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(self._folder)


class OwnCertificate:
    """A certificate that somebody else made and replaces; read again when its files change."""

    def __init__(self, certificate: Path, key: Path, *, clock: Callable[[], float] = time.time) -> None:
        """`certificate` holds the chain as well."""
        self._certificate = certificate
        self._key = key
        self._clock = clock
        self._shown: Shown | None = None
        self._seen: object = None
        self._ends = 0.0
        self._has_warned = False

    def current(self) -> Shown:
        seen = (_stamp(self._certificate, "tls.cert_file"), _stamp(self._key, "tls.key_file"))
        if self._shown is None or seen != self._seen:
            self._shown = self._examine()
            self._seen, self._has_warned = seen, False
        if self._ends <= max(self._clock(), EARLIEST) and not self._has_warned:
            self._has_warned = True
            day = time.strftime("%Y-%m-%d", time.gmtime(self._ends))
            _log.warning("the certificate in %s ended on %s: clients refuse it", self._certificate, day)
        return self._shown

    def _examine(self) -> Shown:
        from intercom.storage.authority import UnreadableError, read_pair

        pems = [_read_own(self._certificate, "tls.cert_file"), _read_own(self._key, "tls.key_file")]
        try:
            pair = read_pair(*pems)
        except UnreadableError as error:
            raise StartupError(
                f"tls.cert_file {self._certificate} with tls.key_file {self._key} cannot be used: {error}"
            ) from error
        shown = Shown(certificate=self._certificate, key=self._key, version=_digest(*pems), names=pair.names)
        _load(_new_context(), shown)
        self._ends = pair.ends
        return shown


# Contexts


def _open(source: Source) -> tuple[Shown, ssl.SSLContext]:
    shown, context = source.current(), _new_context()
    _load(context, shown)
    return shown, context


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _load(context: ssl.SSLContext, shown: Shown) -> None:
    try:
        context.load_cert_chain(shown.certificate, shown.key, password=_no_password)
    except OSError as error:  # ssl.SSLError is one
        reason = getattr(error, "reason", None) or error.strerror or "it is not what was written"
        raise StartupError(f"the certificate in {shown.certificate} cannot be used: {reason}") from error


def _no_password() -> str:
    """Stand where OpenSSL would ask at the terminal."""
    return ""


# What is known of certificates


@dataclass(frozen=True, slots=True, kw_only=True)
class _AuthorityFacts:
    digest: str
    certificate: str = field(repr=False)
    ends: float
    domains: tuple[str, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeafFacts:
    digest: str
    authority: str
    begins: float
    ends: float
    names: tuple[str, ...]

    def is_good(self, authority: _AuthorityFacts, wanted: frozenset[str], now: float) -> bool:
        """Tell whether it need not be made anew.

        A name too many is none of its faults: addresses come and go, and a certificate for each would help nobody.
        """
        renew_at = self.ends - (self.ends - self.begins) * RENEW_AT
        return self.authority == authority.digest and self.begins <= now < renew_at and wanted.issubset(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    authority: _AuthorityFacts
    leaf: _LeafFacts | None

    def note(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def shown(self, path: Path) -> Shown:
        assert self.leaf is not None
        return Shown(
            certificate=path,
            key=path,
            version=self.leaf.digest,
            names=self.leaf.names,
            authority=_authority(self.authority),
        )


class _DamagedError(Exception):
    """A file is not what was written; never leaves this module."""


def _read_note(path: Path) -> _Kept | None:
    """Return what was noted; a note that cannot be read is as none."""
    try:
        said = json.loads(path.read_bytes())
        authority = _AuthorityFacts(**_with_tuples(said["authority"], "domains", "networks"))
        leaf = _LeafFacts(**_with_tuples(said["leaf"], "names"))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return _Kept(authority=authority, leaf=leaf)


def _with_tuples(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return said | {name: tuple(said[name]) for name in names}


def _authority(facts: _AuthorityFacts) -> Authority:
    der = ssl.PEM_cert_to_DER_cert(facts.certificate)
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    pairs = (fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2))
    return Authority(der=der, pem=facts.certificate.encode(), fingerprint=" ".join(pairs))


def _authority_facts(pair: Pair, pem: bytes) -> _AuthorityFacts:
    if not pair.domains:
        raise _DamagedError("it is no authority of a home")
    if not pair.is_from(pair):
        raise _DamagedError("it is not what was signed")
    return _AuthorityFacts(
        digest=_digest(pem),
        certificate=pem[pem.index(b"-----BEGIN CERTIFICATE-----") :].decode(),
        ends=pair.ends,
        domains=pair.domains,
        networks=pair.networks,
    )


def _leaf_facts(pair: Pair, pem: bytes, authority: _AuthorityFacts) -> _LeafFacts:
    return _LeafFacts(
        digest=_digest(pem), authority=authority.digest, begins=pair.begins, ends=pair.ends, names=pair.names
    )


def _examined(pem: bytes) -> Pair:
    from intercom.storage.authority import UnreadableError, read_pair

    try:
        return read_pair(pem, pem)
    except UnreadableError as error:
        raise _DamagedError(str(error)) from error


# Files


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _stamp(path: Path, setting: str) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise StartupError(f"{setting} {path} cannot be read: {error.strerror}") from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read_own(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartupError(f"{setting} {path} cannot be read: {error.strerror}") from error
