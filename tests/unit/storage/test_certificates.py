"""The home's own certificates: what clients make of them, when they are made anew, and what they survive."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import logging
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, ServerVerifier, Store, VerificationError

from intercom.home.errors import StartupError
from intercom.storage.authority import make_leaf, read_pair
from intercom.storage.certificates import EARLIEST, HomeMade, OwnCertificate, Shown, open_certificates
from tests.unit.storage.conftest import Clock

NOW = 1_790_000_000.0
DAY_S = 86_400.0
HOST = "wall"
NAMES = ("localhost", "wall", "wall.local", "192.168.0.10", "fd00::2", "127.0.0.1")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tls"


def home_made(
    tls: Path, clock: Clock, *, names: Iterable[str] = NAMES, host: str | None = HOST, extra: Iterable[str] = ()
) -> HomeMade:
    """The source of a machine that goes by these names, as a start of the program makes it."""
    return HomeMade(
        tls, home_id="abcdef0123456789", extra_names=extra, clock=clock, host=lambda: host, machine_names=lambda: names
    )


def leaf_of(shown: Shown) -> x509.Certificate:
    return x509.load_pem_x509_certificate(shown.certificate.read_bytes())


def authority_of(shown: Shown) -> x509.Certificate:
    assert shown.authority is not None
    return x509.load_der_x509_certificate(shown.authority.der)


def verifier(shown: Shown, name: str, at: float = NOW) -> ServerVerifier:
    when = datetime.datetime.fromtimestamp(at, datetime.UTC).replace(tzinfo=None)
    subject: x509.GeneralName
    try:
        subject = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    return PolicyBuilder().store(Store([authority_of(shown)])).time(when).build_server_verifier(subject)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str:
    """Let a client connect to a server by that name; return the version of TLS."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=name)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (one, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    version = one.version()
    assert version is not None
    return version


def client_of(shown: Shown, maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
    assert shown.authority is not None
    client = ssl.create_default_context(cadata=shown.authority.der)
    client.maximum_version = maximum
    return client


def openssl_accepts(authority: Path, leaf: Path, *more: str) -> bool:
    command = ["openssl", "verify", "-x509_strict", *more, "-CAfile", str(authority), str(leaf)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


# What clients make of it


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_takes_the_certificate_for_each_name(
    tls: Path, clock: Clock, name: str
) -> None:
    shown = home_made(tls, clock).current()

    verifier(shown, name).verify(leaf_of(shown), [])
    is_address = name[0].isdigit() or ":" in name
    kind = "-verify_ip" if is_address else "-verify_hostname"
    at = ("-attime", str(int(NOW)))
    assert openssl_accepts(tls / "authority.pem", tls / "relay.pem", *at, kind, name)
    assert not openssl_accepts(tls / "authority.pem", tls / "relay.pem", *at, "-verify_hostname", "other.local")
    assert name in shown.names


async def test_a_python_client_connects_by_tls_1_3_and_1_2_and_not_below(tls: Path) -> None:
    certificates = await open_certificates(home_made(tls, Clock(datetime.datetime.now(datetime.UTC).timestamp())))
    shown = home_made(tls, Clock(datetime.datetime.now(datetime.UTC).timestamp())).current()

    assert handshake(certificates.context, client_of(shown), "wall.local") == "TLSv1.3"
    assert handshake(certificates.context, client_of(shown, ssl.TLSVersion.TLSv1_2), "192.168.0.10") == "TLSv1.2"
    assert certificates.context.minimum_version is ssl.TLSVersion.TLSv1_2
    for cipher in certificates.context.get_ciphers():
        assert cipher["protocol"] == "TLSv1.3" or (cipher["kea"] == "kx-ecdhe" and cipher["aead"]), cipher["name"]
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(certificates.context, client_of(shown), "other.local")


def test_the_authority_is_for_ten_years_and_the_certificate_for_one(tls: Path, clock: Clock) -> None:
    shown = home_made(tls, clock).current()

    authority, leaf = authority_of(shown), leaf_of(shown)
    assert authority.subject.rfc4514_string() == "CN=Intercom abcdef"
    ten_years = datetime.datetime.fromtimestamp(NOW, datetime.UTC).replace(year=2036)
    assert abs(authority.not_valid_after_utc - ten_years) < datetime.timedelta(days=2)
    assert leaf.not_valid_before_utc.timestamp() == NOW - 3600
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == datetime.timedelta(days=365)


@pytest.mark.parametrize(
    "name", ["example.com", "local.example.com", "notlocal", "example.wall.com", "8.8.8.8", "2001:db8::1", "172.32.0.1"]
)
def test_a_stolen_authority_vouches_for_nothing_outside_the_home(
    tls: Path, tmp_path: Path, clock: Clock, name: str
) -> None:
    shown = home_made(tls, clock).current()
    stolen = read_pair((tls / "authority.pem").read_bytes(), (tls / "authority.pem").read_bytes())
    forged = make_leaf(stolen, [name], now=NOW)
    (tmp_path / "forged.pem").write_bytes(forged.certificate.public_bytes(Encoding.PEM))

    with pytest.raises(VerificationError):
        verifier(shown, name).verify(forged.certificate, [])
    assert not openssl_accepts(tls / "authority.pem", tmp_path / "forged.pem", "-attime", str(int(NOW)))


def test_an_authority_below_the_stolen_one_is_worth_nothing(tls: Path, clock: Clock) -> None:
    shown = home_made(tls, clock).current()
    basics = authority_of(shown).extensions.get_extension_for_class(x509.BasicConstraints)

    assert basics.critical and basics.value == x509.BasicConstraints(ca=True, path_length=0)
    assert authority_of(shown).extensions.get_extension_for_class(x509.NameConstraints).critical


def test_names_outside_the_home_are_left_out_and_said_once(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source = home_made(tls, clock, names=[*NAMES, "203.0.113.7"], extra=["Home.Example.org", "wall.home.arpa"])

    shown = source.current()
    source.current()

    assert set(shown.names) == {*NAMES, "wall.home.arpa"}
    said = [record for record in caplog.messages if "is no name or address within a home" in record]
    assert [line.split(" ")[0] for line in said] == ["203.0.113.7", "home.example.org"]


def test_this_machine_is_named_as_others_find_it(tls: Path) -> None:
    shown = HomeMade(tls, home_id="0" * 16).current()

    host = socket.gethostname().lower()
    label = host.partition(".")[0]
    assert {"localhost", "127.0.0.1", host, f"{label}.local", f"{label}.lan", f"{label}.home.arpa"} <= set(shown.names)


def test_the_fingerprint_is_the_one_that_phones_show(tls: Path, clock: Clock) -> None:
    shown = home_made(tls, clock).current()

    assert shown.authority is not None
    pem = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
        input=shown.authority.pem,
        capture_output=True,
        check=True,
    )
    assert pem.stdout.decode().strip().partition("=")[2].replace(":", " ") == shown.authority.fingerprint
    assert shown.authority.fingerprint.replace(" ", "").lower() == hashlib.sha256(shown.authority.der).hexdigest()


# What is on the disk


def test_keys_are_for_the_owner_alone_and_never_handed_out(tls: Path, clock: Clock) -> None:
    shown = home_made(tls, clock).current()

    assert stat.S_IMODE(tls.stat().st_mode) == 0o700
    files = list(tls.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert shown.authority is not None
    assert b"PRIVATE" not in shown.authority.pem
    assert b"PRIVATE" not in (tls / "note.json").read_bytes()


def test_a_later_start_shows_the_same_certificate(tls: Path, clock: Clock) -> None:
    first = home_made(tls, clock).current()
    before = {file: file.stat().st_mtime_ns for file in tls.iterdir()}
    clock.now += 100 * DAY_S

    again = home_made(tls, clock).current()

    assert again == first
    assert {file: file.stat().st_mtime_ns for file in tls.iterdir()} == before


def test_a_later_start_does_not_import_cryptography(tls: Path) -> None:
    HomeMade(tls, home_id="0" * 16).current()
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from intercom.storage.certificates import HomeMade, open_certificates\n"
        "opened = asyncio.run(open_certificates(HomeMade(Path(sys.argv[1]), home_id='0' * 16)))\n"
        "print(opened.authority.fingerprint, 'cryptography' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script, str(tls)], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("False\n")


@pytest.mark.parametrize("note", [b"", b"[]", b"{}", b'{"authority": {"digest": 1}, "leaf": null}', None])
def test_without_its_note_everything_stays_as_it_was(tls: Path, clock: Clock, note: bytes | None) -> None:
    first = home_made(tls, clock).current()
    path = tls / "note.json"
    path.unlink() if note is None else path.write_bytes(note)

    assert home_made(tls, clock).current() == first
    assert home_made(tls, clock).current() == first


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 900, b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_certificate_is_set_aside_and_made_anew(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    first = home_made(tls, clock).current()
    (tls / "relay.pem").write_bytes(content)

    again = home_made(tls, clock).current()

    verifier(first, "wall").verify(leaf_of(again), [])
    assert again.authority == first.authority
    assert again.version != first.version
    (kept,) = tls.glob("relay.pem.damaged-*")
    assert kept.read_bytes() == content
    assert [record.levelname for record in caplog.records if "relay.pem is damaged" in record.message] == ["WARNING"]


@pytest.mark.parametrize("start", [b"", b"\0" * 900, b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_damaged_authority_is_made_anew_with_a_warning_that_phones_must_trust_it(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture, start: bytes
) -> None:
    first = home_made(tls, clock).current()
    (tls / "authority.pem").write_bytes(start)

    again = home_made(tls, clock).current()

    assert again.authority != first.authority
    verifier(again, "wall").verify(leaf_of(again), [])
    assert len(list(tls.glob("authority.pem.damaged-*"))) == 1
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert "phones must trust the new authority" in warning


@pytest.mark.parametrize("name", ["authority.pem", "relay.pem"])
def test_wherever_a_bit_turned_over_what_is_shown_is_good_and_the_damaged_file_is_kept(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    home_made(tls, clock).current()
    whole = {file.name: file.read_bytes() for file in tls.iterdir()}
    kept = 0
    for place in range(0, len(whole[name]), 29):
        for file in tls.iterdir():
            file.unlink()
        for each, content in whole.items():
            (tls / each).write_bytes(content)
        damaged = bytearray(whole[name])
        damaged[place] ^= 1
        (tls / name).write_bytes(damaged)

        again = home_made(tls, clock).current()

        verifier(again, "wall").verify(leaf_of(again), [])
        kept += len(list(tls.glob(f"{name}.damaged-*")))
    assert kept > len(whole[name]) / 29 / 2  # a certificate whose signature is not the authority's is just replaced
    assert f"{name} is damaged" in caplog.text


def test_an_authority_whose_key_was_damaged_later_is_found_out_when_it_has_to_sign(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    source = home_made(tls, clock)
    first = source.current()
    (tls / "authority.pem").write_bytes(b"gone")
    clock.now += 300 * DAY_S

    again = source.current()

    verifier(again, "wall", clock.now).verify(leaf_of(again), [])
    assert again.authority != first.authority
    assert "phones must trust the new authority" in caplog.text


def test_a_lost_certificate_is_made_anew_in_silence(tls: Path, clock: Clock) -> None:
    first = home_made(tls, clock).current()
    (tls / "relay.pem").unlink()

    again = home_made(tls, clock).current()

    verifier(first, "wall").verify(leaf_of(again), [])


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "tls").write_text("a file where the folder should be")

    with pytest.raises(StartupError, match=rf"the certificates in {tmp_path}/tls cannot be read or written"):
        home_made(tmp_path / "tls", clock).current()


# Renewal


def test_it_is_renewed_with_a_new_key_when_a_third_of_its_life_is_left(tls: Path, clock: Clock) -> None:
    source = home_made(tls, clock)
    first, key = source.current(), (tls / "relay.pem").read_bytes()

    clock.now = NOW + (365 * 2 / 3 - 1) * DAY_S
    assert source.current() == first
    clock.now += 2 * DAY_S
    renewed = source.current()

    assert renewed.version != first.version
    assert renewed.authority == first.authority
    verifier(first, "wall", NOW + 500 * DAY_S).verify(leaf_of(renewed), [])
    old_key, new_key = (load_pem_private_key(pem, None) for pem in (key, (tls / "relay.pem").read_bytes()))
    assert old_key.public_key() != new_key.public_key()


def test_a_new_name_or_address_renews_it_and_one_that_has_gone_does_not(tls: Path, clock: Clock) -> None:
    names = set(NAMES)
    source = home_made(tls, clock, names=names)
    first = source.current()

    names.remove("192.168.0.10")
    assert source.current() == first
    names.add("192.168.0.11")
    second = source.current()

    assert "192.168.0.11" in second.names
    assert "192.168.0.10" not in second.names


def test_an_authority_that_comes_of_age_is_replaced_with_a_warning(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    source = home_made(tls, clock)
    first = source.current()
    clock.now += 3600 * DAY_S

    again = source.current()

    assert again.authority != first.authority
    verifier(again, "wall", clock.now).verify(leaf_of(again), [])
    assert "phones must trust the new one" in caplog.text


def test_a_certificate_never_outlives_its_authority(tls: Path, clock: Clock) -> None:
    home_made(tls, clock).current()
    clock.now += 3500 * DAY_S

    shown = home_made(tls, clock).current()

    assert leaf_of(shown).not_valid_after_utc == authority_of(shown).not_valid_after_utc


def test_a_clock_that_begins_in_1970_makes_certificates_that_are_good_now(tls: Path, clock: Clock) -> None:
    clock.now = 12.0
    source = home_made(tls, clock)

    first = source.current()
    verifier(first, "wall", EARLIEST + DAY_S).verify(leaf_of(first), [])
    clock.now = NOW
    second = source.current()

    assert second.authority == first.authority
    verifier(second, "wall", NOW).verify(leaf_of(second), [])


def test_a_clock_that_falls_back_to_1970_changes_nothing(tls: Path, clock: Clock) -> None:
    first = home_made(tls, clock).current()
    clock.now = 12.0

    assert home_made(tls, clock).current() == first


def test_what_a_clock_that_was_ahead_made_is_made_anew_and_the_authority_stays(tls: Path, clock: Clock) -> None:
    clock.now = NOW + 3000 * DAY_S
    ahead = home_made(tls, clock).current()
    clock.now = NOW

    corrected = home_made(tls, clock).current()

    assert corrected.authority == ahead.authority
    verifier(corrected, "wall").verify(leaf_of(corrected), [])


async def test_a_living_context_shows_the_renewed_certificate(tls: Path) -> None:
    clock = Clock(datetime.datetime.now(datetime.UTC).timestamp())
    names = set(NAMES)
    source = home_made(tls, clock, names=names)
    certificates = await open_certificates(source)
    client = client_of(source.current())

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(certificates.context, client, "new.local")
    names.add("new.local")
    await certificates.refresh()

    assert handshake(certificates.context, client, "new.local") == "TLSv1.3"
    assert "new.local" in certificates.names


async def test_a_disk_that_refuses_leaves_the_certificate_and_warns_once(
    tls: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    names = set(NAMES)
    certificates = await open_certificates(home_made(tls, clock, names=names))
    (tls / "relay.new").mkdir()
    names.add("new.local")

    await certificates.refresh()
    await certificates.refresh()

    assert "new.local" not in certificates.names
    assert len([line for line in caplog.messages if "the certificate stays as it is" in line]) == 1
    (tls / "relay.new").rmdir()
    await certificates.refresh()
    assert "new.local" in certificates.names


# A certificate of one's own


class Own:
    """Somebody's own certificate in two files."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key = folder / "own.pem", folder / "own.key"
        self.make()

    def make(self, *, name: str = "home.example.org", ends: float = NOW + 90 * DAY_S, password: bytes = b"") -> None:
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime.fromtimestamp(NOW - 900 * DAY_S, datetime.UTC))
            .not_valid_after(datetime.datetime.fromtimestamp(ends, datetime.UTC))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        locked = BestAvailableEncryption(password) if password else NoEncryption()
        self.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        self.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


async def test_a_certificate_of_ones_own_is_shown_and_read_again_when_it_changes(own: Own, clock: Clock) -> None:
    certificates = await open_certificates(OwnCertificate(own.certificate, own.key, clock=clock))

    assert certificates.names == ("home.example.org",)
    assert certificates.authority is None
    own.make(name="other.example.org")
    await certificates.refresh()

    assert certificates.names == ("other.example.org",)
    client = ssl.create_default_context(cadata=own.certificate.read_text())
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    assert handshake(certificates.context, client, "other.example.org") == "TLSv1.3"


async def test_a_certificate_of_ones_own_that_becomes_wrong_stays_as_it_was(
    own: Own, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = await open_certificates(OwnCertificate(own.certificate, own.key, clock=clock))
    own.certificate.write_text("half a cert")

    await certificates.refresh()
    await certificates.refresh()

    assert certificates.names == ("home.example.org",)
    (warning,) = caplog.messages
    assert "there is no certificate in PEM in it" in warning


@pytest.mark.parametrize("trouble", ["gone", "no certificate", "no key", "other key", "locked"])
def test_what_is_wrong_with_a_certificate_of_ones_own_is_told_in_one_line(
    own: Own, tmp_path: Path, clock: Clock, trouble: str
) -> None:
    match trouble:
        case "gone":
            own.key.unlink()
            expected = rf"tls\.key_file {own.key} cannot be read: No such file"
        case "no certificate":
            own.certificate.write_bytes(own.key.read_bytes())
            expected = "no certificate in PEM"
        case "no key":
            own.key.write_bytes(own.certificate.read_bytes())
            expected = "no private key in PEM"
        case "other key":
            key = ec.generate_private_key(ec.SECP256R1())
            own.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            expected = "the key is not that of the certificate"
        case _:
            own.make(password=b"hunter2")
            expected = "its key is locked with a password"

    with pytest.raises(StartupError, match=expected) as refusal:
        OwnCertificate(own.certificate, own.key, clock=clock).current()

    assert "\n" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_certificate_of_ones_own_that_has_ended_is_a_warning_once(
    own: Own, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    own.make(ends=NOW - DAY_S)
    source = OwnCertificate(own.certificate, own.key, clock=clock)

    source.current()
    source.current()

    (warning,) = caplog.messages
    assert "ended on" in warning
