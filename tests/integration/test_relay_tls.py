"""The relay's secure address: the same home by TLS, as clients that trust its authority find it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import plistlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from intercom.home.capabilities import SwitchState
from intercom.home.errors import StartupError
from intercom.relay import handshakes
from intercom.storage.certificates import Certificates, OwnCertificate, open_certificates
from tests.conftest import Run
from tests.integration.relays import (
    LAMP,
    MAIN,
    Phone,
    RunningRelay,
    SlowPhone,
    certificates_in,
    client_of,
    running_relay,
)

NAMES = ("127.0.0.1", "localhost", "wall.local", "192.168.0.10")


@pytest.fixture
async def certificates(tmp_path: Path) -> Certificates:
    return await certificates_in(tmp_path, machine_names=lambda: NAMES)


@pytest.fixture
async def here(tmp_path: Path, certificates: Certificates) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path, certificates=certificates) as running:
        yield running


def plain(here: RunningRelay) -> str:
    return here.relay.urls[0]


@contextlib.contextmanager
def connected(here: RunningRelay) -> Iterator[socket.socket]:
    """Connect to the secure port, and say nothing."""
    with socket.create_connection(("127.0.0.1", URL(here.url).port or 0), timeout=5) as raw:
        yield raw


# The same home


async def test_both_addresses_lead_to_the_same_home(here: RunningRelay) -> None:
    token = await here.token()

    assert here.relay.urls == [f"http://127.0.0.1:{here.relay.port}", here.url]
    assert here.url.startswith("https://127.0.0.1:")
    _, securely = await here.ask("GET", "snapshot", token=token)
    async with here.http.get(f"{plain(here)}/api/v1/snapshot", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert await answer.json() == securely


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")])
async def test_a_client_watches_and_commands_by_tls(here: RunningRelay, transports: tuple[str, ...]) -> None:
    async with Phone(here, transports=transports) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        here.report(LAMP, SwitchState(on=True))
        await phone.until_revision(here.home.revision)
        assert phone.states()[LAMP, MAIN] == {"on": True}

        assert await phone.command(LAMP, "turn_off") == {"outcome": "confirmed"}
        await phone.until_revision(here.home.revision)
        assert phone.states() == here.states()


async def test_a_large_snapshot_and_what_follows_arrive_whole(here: RunningRelay) -> None:
    sensors = here.add_sensors(5_000)
    async with Phone(here) as phone, SlowPhone(here) as slow:
        await phone.connect(await here.token())
        snapshot = await phone.watch()
        again = await slow.watch(await here.token())

        here.home.withdraw(sensors[0])
        await phone.until_revision(here.home.revision)

        assert len(snapshot["devices"]) == len(again["devices"]) == 5_003
        assert phone.states() == here.states()


async def test_a_browser_is_paired_at_each_address_by_itself(here: RunningRelay, certificates: Certificates) -> None:
    # Addresses have no domain to keep cookies for, and aiohttp's client keeps none of theirs unless told to.
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(ssl=client_of(certificates))
    async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as browser:
        for url in (plain(here), here.url):
            assert await refreshed(browser, url) == 401, "what went in the clear opens the secure address"
            await paired(browser, here, url)

        assert await refreshed(browser, here.url) == await refreshed(browser, plain(here)) == 200
        flags = {cookie.key: (cookie["secure"], cookie["httponly"]) for cookie in jar}
        assert flags == {"refresh": ("", True), "__Secure-refresh": (True, True)}


async def refreshed(browser: aiohttp.ClientSession, url: str) -> int:
    async with browser.post(f"{url}/api/v1/session/refresh", json={}) as answer:
        return answer.status


async def paired(browser: aiohttp.ClientSession, here: RunningRelay, url: str) -> None:
    async with browser.post(f"{url}/api/v1/pairing", json={"name": "phone"}) as answer:
        asked = await answer.json()
    live = here.desk.live
    assert live is not None
    body = {"secret": asked["secret"], "code": live.code}
    async with browser.post(f"{url}/api/v1/pairing/{asked['request_id']}", json=body) as answer:
        assert answer.status == 200


def test_the_loop_of_the_window_serves_tls_as_well(run: Run, tmp_path: Path) -> None:
    async def watch() -> None:
        certificates = await certificates_in(tmp_path)
        async with running_relay(tmp_path, certificates=certificates) as here, Phone(here) as phone:
            await phone.connect(await here.token())
            await phone.watch()
            here.report(LAMP, SwitchState(on=True))
            await phone.until_revision(here.home.revision)
            assert phone.states() == here.states()

    run(watch())


# What is refused


async def test_tls_below_1_2_is_refused(here: RunningRelay) -> None:
    port = URL(here.url).port
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=old)
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.2"
    writer.close()

    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError, match=r"ALERT_PROTOCOL_VERSION|^$|reset"):
        await asyncio.open_connection("127.0.0.1", port, ssl=old)


async def test_a_client_that_does_not_trust_the_authority_does_not_connect(here: RunningRelay) -> None:
    async with aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await stranger.get(here.url)


async def test_http_without_tls_gets_no_answer_there(here: RunningRelay) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(here.url).port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: wall\r\n\r\n")

    async with asyncio.timeout(5):
        assert not (await reader.read()).startswith(b"HTTP")
    writer.close()


async def test_a_handshake_that_never_ends_is_dropped_in_time_and_hinders_nobody(
    tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "HANDSHAKE_WITHIN_S", 0.5)
    async with running_relay(tmp_path, certificates=certificates) as here:
        silent = await asyncio.open_connection("127.0.0.1", URL(here.url).port)
        began = time.monotonic()

        assert (await here.ask("GET", "/healthz"))[0] == 200
        async with asyncio.timeout(8):
            assert await silent[0].read() == b""

        assert time.monotonic() - began > 0.4
        silent[1].close()


async def test_connections_that_say_nothing_are_counted_before_their_handshake(
    tmp_path: Path, certificates: Certificates
) -> None:
    async with running_relay(tmp_path, certificates=certificates, connections_by_address=8) as here:
        with contextlib.ExitStack() as stack:
            mute = [stack.enter_context(connected(here)) for _ in range(12)]

            turned_away = [await asyncio.to_thread(each.recv, 1) for each in mute[8:]]
            for each in mute[:8]:
                each.setblocking(False)  # it waits still: there is nothing to read
                with pytest.raises(BlockingIOError):
                    each.recv(1)

    assert turned_away == [b""] * 4


async def test_of_many_handshakes_under_way_the_oldest_make_room(
    tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "MOST_UNDER_WAY_BY_ADDRESS", 4)
    async with running_relay(tmp_path, certificates=certificates) as here:
        with contextlib.ExitStack() as stack:
            mute = [stack.enter_context(connected(here)) for _ in range(8)]
            status, _ = await here.ask("GET", "/healthz")

            ends = [await asyncio.to_thread(each.recv, 1) for each in mute[:5]]

    assert status == 200
    assert ends == [b""] * 5


async def test_it_stops_soon_whatever_its_clients_do(tmp_path: Path, certificates: Certificates) -> None:
    async with contextlib.AsyncExitStack() as stack:
        here = await stack.enter_async_context(running_relay(tmp_path, certificates=certificates))
        phone = await stack.enter_async_context(Phone(here))
        await phone.connect(await here.token())
        deaf = SlowPhone(here)
        await deaf.__aenter__()
        with connected(here):
            began = time.monotonic()
            await here.relay.stop()
            took = time.monotonic() - began
        async with asyncio.timeout(5):
            await phone.is_gone.wait()
        await deaf.__aexit__(None, None, None)

    assert took < 2.5


async def test_a_port_in_use_is_told_with_the_flag_for_another(
    here: RunningRelay, tmp_path: Path, certificates: Certificates
) -> None:
    port = URL(here.url).port
    with pytest.raises(StartupError, match=rf"port {port} is in use .*--tls-port"):
        async with running_relay(tmp_path / "other", certificates=certificates, tls_port=port):
            pass


# Renewal


async def test_a_renewed_certificate_is_shown_without_a_restart_and_open_sockets_stay(tmp_path: Path) -> None:
    names = set(NAMES)
    certificates = await certificates_in(tmp_path, machine_names=lambda: names)
    async with running_relay(tmp_path, certificates=certificates) as here, Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()
        before = await certificate_of(here)

        names.add("renamed.local")
        await certificates.refresh()
        after = await certificate_of(here)
        here.report(LAMP, SwitchState(on=True))
        await phone.until_revision(here.home.revision)

        assert after != before
        assert ("DNS", "renamed.local") in after
        assert not phone.is_gone.is_set()


async def certificate_of(here: RunningRelay) -> tuple[tuple[str, str], ...]:
    """Connect anew; return the names on the certificate that is shown."""
    _, writer = await asyncio.open_connection("127.0.0.1", URL(here.url).port, ssl=here.trusting)
    names: tuple[tuple[str, str], ...] = writer.get_extra_info("peercert")["subjectAltName"]
    writer.close()
    await writer.wait_closed()
    return names


# Trusting it


async def test_strangers_get_the_authority_over_plain_http_in_all_forms(
    here: RunningRelay, certificates: Certificates
) -> None:
    authority = certificates.authority
    assert authority is not None
    got = {}
    for name in ("ca.crt", "ca.pem", "ca.mobileconfig"):
        async with here.http.get(f"{plain(here)}/{name}") as answer:
            saved_as = answer.content_disposition.filename if answer.content_disposition is not None else None
            got[name] = (answer.content_type, saved_as, await answer.read())

    assert got["ca.crt"] == ("application/x-x509-ca-cert", "intercom-ca.crt", authority.der)
    assert got["ca.pem"] == ("application/x-pem-file", "intercom-ca.pem", authority.pem)
    media_type, saved_as, profile = got["ca.mobileconfig"]
    assert (media_type, saved_as) == ("application/x-apple-aspen-config", None)
    (root,) = plistlib.loads(profile)["PayloadContent"]
    assert (root["PayloadType"], root["PayloadContent"]) == ("com.apple.security.root", authority.der)
    assert not [name for name, (_, _, said) in got.items() if b"PRIVATE" in said]


@pytest.mark.parametrize(
    ("host", "leads_to"),
    [
        ("192.168.0.10", "192.168.0.10"),
        ("WALL.local", "wall.local"),
        ("another.example", "127.0.0.1"),
    ],
)
async def test_strangers_are_told_the_secure_address_under_the_name_that_they_used(
    tmp_path: Path, certificates: Certificates, host: str, leads_to: str
) -> None:
    names = ("wall.local", "192.168.0.10", "another.example")
    async with running_relay(tmp_path, certificates=certificates, names=names) as here:
        await _is_told_the_secure_address(here, host, leads_to)


async def _is_told_the_secure_address(here: RunningRelay, host: str, leads_to: str) -> None:
    headers = {"Host": f"{host}:{here.relay.port}"}
    status, told = await here.ask("GET", "trust", headers=headers)

    assert status == 200
    assert told["https_url"] == f"https://{leads_to}:{URL(here.url).port}"
    assert told["names"] == sorted(NAMES)
    async with here.http.get(f"{plain(here)}/ca.crt") as answer:
        digest = hashlib.sha256(await answer.read()).hexdigest()
    assert told["fingerprint"].replace(" ", "").lower() == digest


async def test_without_a_secure_address_there_is_nothing_to_trust(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        assert (await here.ask("GET", "trust"))[0] == 404
        for name in ("/ca.crt", "/ca.pem", "/ca.mobileconfig"):
            assert (await here.ask("GET", name))[0] == 404
        assert here.relay.secure_url == ""


async def test_a_certificate_of_ones_own_leaves_no_authority_to_hand_out(tmp_path: Path) -> None:
    made = await certificates_in(tmp_path)
    pem = tmp_path / "tls" / "relay.pem"
    own = await open_certificates(OwnCertificate(pem, pem))
    async with running_relay(tmp_path, certificates=own, trusting=client_of(made)) as here:
        status, told = await here.ask("GET", "trust")

        assert (status, "fingerprint" in told) == (200, False)
        assert (await here.ask("GET", "/ca.crt"))[0] == 404


async def test_the_page_for_people_runs_no_foreign_or_inline_code(tmp_path: Path) -> None:
    web = tmp_path / "built"
    web.mkdir()
    (web / "trust.html").write_text("<!doctype html><title>trust</title>")
    async with running_relay(tmp_path, web_folder=web) as here, here.http.get(f"{here.url}/trust") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy and "unsafe" not in policy
