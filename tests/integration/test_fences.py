"""What is turned away before anybody asks who sent it: hosts, pages, proxies, too many and too slow connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intercom.relay import bodies, server
from tests.integration.relays import RunningRelay, running_relay


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(
        tmp_path,
        names=("intercom.example",),
        allowed_origins=("https://good.example",),
        trusted_proxies=("127.0.0.9",),
        connections_by_address=8,
    ) as running:
        yield running


async def say(
    here: RunningRelay, lines: str, *, path: str = "/healthz", method: str = "GET", source: str = "127.0.0.1"
) -> tuple[int, str]:
    """Send a request of these header lines; return the status and the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port, local_addr=(source, 0))
    head = f"{method} {path} HTTP/1.1\n{lines}\nConnection: close\n\n".replace("PORT", str(here.relay.port))
    writer.write(head.replace("\n", "\r\n").encode())
    async with asyncio.timeout(5):
        answer = (await reader.read()).decode()
    writer.close()
    return int(answer.split(" ")[1]), answer


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:PORT", "127.0.0.1", "localhost:PORT", "LOCALHOST", "intercom.example", "Intercom.Example:443"],
)
async def test_the_homes_own_names_and_the_address_of_the_connection_are_answered(
    here: RunningRelay, host: str
) -> None:
    assert (await say(here, f"Host: {host}"))[0] == 200


@pytest.mark.parametrize(
    "lines",
    [
        "Host: evil.test:PORT\nOrigin: http://evil.test:PORT",
        "Host: evil.test",
        "Host: intercom.example.evil.test",
        "Host: xintercom.example",
        "Host: 10.0.0.5:PORT",
        "Host: 127.0.0.2",
        "Host: [::1]",
        "Host: localhost@evil.test",
        "Host: localhost/evil.test",
        "Host: localhost:x",
        "Host: ",
        "Host: localhost\nX-Forwarded-Host: evil.test\nHost: evil.test",
        "X-Forwarded-Host: localhost",
    ],
)
async def test_what_is_for_another_host_is_turned_away(here: RunningRelay, lines: str) -> None:
    for path in ("/healthz", "/", "/socket.io/?EIO=4&transport=polling", "/auth/code"):
        assert (await say(here, lines, path=path))[0] in (400, 421)
    assert here.desk.live is None


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://localhost",
        "https://localhost:PORT",
        "http://localhost:PORT.evil.test",
        "https://good.example.evil.example",
        "http://good.example",
        "https://good.example:8443",
        "https://evil.example@good.example",
        "file://",
        "",
    ],
)
async def test_a_page_that_is_not_ours_and_not_listed_gets_nothing(here: RunningRelay, origin: str) -> None:
    for path in ("/healthz", "/socket.io/?EIO=4&transport=polling", "/auth/code"):
        status, answer = await say(here, f"Host: localhost:PORT\nOrigin: {origin}", path=path)
        assert status == 403
        assert "access-control-allow" not in answer.lower()
    assert here.desk.live is None


async def test_only_a_listed_proxy_is_believed(here: RunningRelay) -> None:
    forged = (
        "Host: localhost\nX-Forwarded-For: 203.0.113.5, 203.0.113.7\n"
        "X-Forwarded-Proto: https\nX-Forwarded-Host: intercom.example"
    )
    asked = "Content-Type: application/json\nContent-Length: 16"

    async def address_shown(source: str, lines: str) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port, local_addr=(source, 0))
        head = f"POST /api/v1/pairing HTTP/1.1\n{lines}\n{asked}\nConnection: close\n\n".replace("\n", "\r\n")
        writer.write(head.encode() + b'{"name":"phone"}')
        assert (await reader.read()).split(b" ")[1] == b"201"
        writer.close()
        assert here.desk.live is not None
        address = here.desk.live.address
        here.desk.burn()
        return address

    assert await address_shown("127.0.0.1", forged) == "127.0.0.1"
    assert await address_shown("127.0.0.9", forged) == "203.0.113.7"
    assert await address_shown("127.0.0.9", forged.replace("203.0.113.7", "203.0.113.7, 127.0.0.9")) == "203.0.113.7"
    assert await address_shown("127.0.0.9", forged.replace("203.0.113.7", "nonsense")) == "127.0.0.9"
    secure = "Host: x\nX-Forwarded-Proto: https\nX-Forwarded-Host: intercom.example\nOrigin: https://intercom.example"
    assert (await say(here, secure, source="127.0.0.9"))[0] == 200
    assert (await say(here, secure, source="127.0.0.1"))[0] == 421


async def test_from_one_address_only_so_many_connections_are_taken_and_others_get_in(here: RunningRelay) -> None:
    async with contextlib.AsyncExitStack() as opened:
        for _ in range(12):
            _, writer = await asyncio.open_connection("127.0.0.1", here.relay.port, local_addr=("127.0.0.5", 0))
            opened.callback(writer.close)

        reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port, local_addr=("127.0.0.5", 0))
        opened.callback(writer.close)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        assert (await say(here, "Host: localhost", source="127.0.0.6"))[0] == 200

    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(ConnectionError, IndexError):
                if (await say(here, "Host: localhost", source="127.0.0.5"))[0] == 200:
                    break


async def test_a_connection_without_a_whole_request_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN_S", 0.3)
    monkeypatch.setattr(bodies, "BODY_WITHIN_S", 0.3)
    starts = (
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: loc",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HT",
        b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    )
    async with running_relay(tmp_path) as here:
        for start in starts:
            reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port)
            writer.write(start)
            async with asyncio.timeout(15):
                answer = await reader.read()
            writer.close()
            assert (b" 408 " in answer) is start.startswith(b"POST")


@pytest.mark.parametrize("path", ["/code", "/auth/code"])
@pytest.mark.parametrize("mode", ["no-cors", "navigate"])
async def test_a_foreign_page_lets_no_code_be_shown(here: RunningRelay, path: str, mode: str) -> None:
    own = "Host: 127.0.0.1:PORT\nSec-Fetch-Site: "

    status, _ = await say(here, f"{own}cross-site\nSec-Fetch-Mode: {mode}", path=path)
    shown = here.desk.live
    allowed, _ = await say(here, f"{own}none", path=path)

    assert (status, shown) == (403, None)
    assert allowed == 200
