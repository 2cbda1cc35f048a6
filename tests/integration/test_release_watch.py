"""Looking for newer versions at a real server: what is believed, what is not, and who is told."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from intercom.home.access import Role
from intercom.home.releases import (
    Channel,
    IndexRefusedError,
    Installation,
    NewRelease,
    ReleaseBoard,
    Version,
    Way,
)
from intercom.relay import release_watch
from intercom.relay.release_watch import IndexUnreachableError, ReleaseSource, ReleaseWatch
from intercom.storage.certificates import HomeMade, open_certificates
from intercom.storage.release_index import ReleaseMarks
from intercom.storage.sessions import SessionChanges
from intercom.storage.storage import open_home_database
from tests.integration.publisher import Publisher, release
from tests.integration.relays import Phone, running_relay


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@asynccontextmanager
async def watch(
    folder: Path,
    publisher: Publisher,
    *,
    board: ReleaseBoard | None = None,
    url: str | None = None,
    installed: str = "1.3",
    ca_file: Path | None = None,
    now: Callable[[], float] | None = None,
    every_s: float = 0.05,
) -> AsyncIterator[ReleaseWatch]:
    """A home with a version installed by apt, which knows the publisher."""
    async with open_home_database(folder) as database:
        yield ReleaseWatch(
            ReleaseSource(
                url=url or publisher.url, public_key=publisher.public_key, channel=Channel.STABLE, ca_file=ca_file
            ),
            board=board or ReleaseBoard(),
            marks=ReleaseMarks(database),
            find_installation=lambda: Installation(version=Version(installed), way=Way.APT, platform="linux-x86_64"),
            now=now or time.time,
            random=lambda: 0.0,
            every_s=every_s,
            retry_s=0.01,
        )


def version_of(newest: NewRelease | None) -> str | None:
    return None if newest is None else str(newest.version)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # the server has a thread of its own, and no event
            await asyncio.sleep(0.005)


async def test_a_newer_version_that_the_publisher_signed_is_found(tmp_path: Path, publisher: Publisher) -> None:
    publisher.publish(release("1.2"), release("1.4"), release("1.3.1"))

    async with watch(tmp_path, publisher) as looking:
        newest = await looking.look()

    assert version_of(newest) == "1.4"
    (asked,) = publisher.requests
    assert asked[0] == "/index.jws"
    assert set(asked[1]) <= {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert asked[1]["User-Agent"] == "intercom"


async def test_lower_and_equal_versions_are_never_told(tmp_path: Path, publisher: Publisher) -> None:
    publisher.publish(release("1.2"), release("1.3"), release("1.3rc2"))

    async with watch(tmp_path, publisher) as looking:
        assert await looking.look() is None


@pytest.mark.parametrize("how", ["unsigned", "another key", "tampered", "not JSON", "page", "empty", "expired"])
async def test_what_the_publisher_did_not_sign_or_does_not_stand_by_is_refused(
    tmp_path: Path, publisher: Publisher, how: str
) -> None:
    publisher.publish(release("1.4"))
    match how:
        case "unsigned":
            publisher.body = publisher.body.rpartition(b".")[0] + b"."
        case "another key":
            with Publisher() as somebody:
                publisher.body = somebody.signed(release("1.4"))
        case "tampered":
            head, said, signature = publisher.body.split(b".")
            _, other, _ = publisher.signed(release("6.6")).split(b".")
            publisher.body = b".".join((head, other, signature))
            assert said != other
        case "not JSON":
            publisher.body = b"\x00" * 1000
        case "page":
            publisher.body = b"<html>Sign in to the hotel's network</html>"
        case "empty":
            publisher.body = b""
        case "expired":
            publisher.publish(release("1.4"), holds=timedelta(seconds=-1))

    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexRefusedError):
            await looking.look()


async def test_an_older_index_is_refused_also_after_a_restart(tmp_path: Path, publisher: Publisher) -> None:
    old = publisher.signed(release("1.4"), serial=1)
    publisher.publish(release("1.4.1"), serial=2)
    async with watch(tmp_path, publisher) as looking:
        assert version_of(await looking.look()) == "1.4.1"

    publisher.body = old
    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexRefusedError, match="older"):
            await looking.look()


async def test_an_index_that_is_out_of_date_leaves_no_mark(tmp_path: Path, publisher: Publisher) -> None:
    publisher.publish(release("1.4"), serial=9, holds=timedelta(seconds=-1))
    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexRefusedError, match="valid until"):
            await looking.look()
        publisher.publish(release("1.4"), serial=2)

        assert version_of(await looking.look()) == "1.4"


async def test_an_index_without_end_is_left_when_it_is_too_much(tmp_path: Path, publisher: Publisher) -> None:
    sent = threading.Event()

    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        with suppress(OSError):
            while True:
                request.wfile.write(bytes(65536))
        sent.set()

    publisher.handle = flood
    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexUnreachableError, match="more than 256 KB"):
            await looking.look()
    await until(sent.is_set)


async def test_a_server_that_takes_for_ever_is_left(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_watch, "WITHIN_S", 0.3)
    is_over = threading.Event()

    def dawdle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        with suppress(OSError):
            while not is_over.wait(0.02):
                request.wfile.write(b"e")

    publisher.handle = dawdle
    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexUnreachableError, match="did not come within"):
            await looking.look()
    is_over.set()


@pytest.mark.parametrize("status", [404, 500, 304])
async def test_an_answer_that_is_none_is_told_by_its_number(tmp_path: Path, publisher: Publisher, status: int) -> None:
    publisher.handle = lambda request: publisher.serve(request, status=status)

    async with watch(tmp_path, publisher) as looking:
        with pytest.raises(IndexUnreachableError, match=str(status)):
            await looking.look()


async def test_where_nobody_is_the_reason_names_no_address(tmp_path: Path) -> None:
    with Publisher() as gone:
        url = f"{gone.url}?key=hush"
    async with watch(tmp_path, gone, url=url) as looking:
        with pytest.raises(IndexUnreachableError, match="Connection refused") as caught:
            await looking.look()
    assert "hush" not in str(caught.value)


async def test_a_redirect_leads_nowhere_but_to_https(tmp_path: Path, publisher: Publisher) -> None:
    with Publisher() as elsewhere:
        elsewhere.body = publisher.signed(release("1.4"))
        publisher.handle = lambda request: publisher.serve(request, status=302, Location=elsewhere.url)
        async with watch(tmp_path, publisher) as looking:
            with pytest.raises(IndexUnreachableError, match="not https"):
                await looking.look()

    assert elsewhere.requests == []


async def test_a_secure_server_is_asked_and_may_move_the_index_to_another_one(tmp_path: Path) -> None:
    certificates = await open_certificates(HomeMade(tmp_path / "tls", home_id="b" * 16))
    assert certificates.authority is not None
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(ssl.DER_cert_to_PEM_cert(certificates.authority.der))
    with Publisher(context=certificates.context) as first, Publisher(context=certificates.context) as second:
        second.body = first.signed(release("1.4"))
        first.handle = lambda request: first.serve(request, status=301, Location=second.url)

        async with watch(tmp_path / "data", first, ca_file=ca_file) as looking:
            assert version_of(await looking.look()) == "1.4"
        async with watch(tmp_path / "data", first) as looking:
            with pytest.raises(IndexUnreachableError, match="certificate is not trusted"):
                await looking.look()

        first.handle = lambda request: first.serve(request, status=307, Location=first.url)
        async with watch(tmp_path / "data", first, ca_file=ca_file) as looking:
            with pytest.raises(IndexUnreachableError, match="too often"):
                await looking.look()


async def test_a_failing_index_is_one_line_and_what_was_known_stays_until_it_is_out_of_date(
    tmp_path: Path, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    board, now = ReleaseBoard(), [0.0]
    publisher.publish(release("1.4"), serial=3, holds=timedelta(hours=1))
    async with watch(tmp_path, publisher, board=board, now=lambda: time.time() + now[0]) as looking:
        running = asyncio.create_task(looking.run())
        await until(lambda: version_of(board.newest) == "1.4")

        publisher.body = publisher.signed(release("0.1"), serial=1)
        count = len(publisher.requests)
        await until(lambda: len(publisher.requests) > count + 5)
        lines = [record for record in caplog.records if record.name == release_watch.__name__]
        assert [record.levelname for record in lines] == ["WARNING"]
        assert "older" in lines[0].getMessage()
        assert version_of(board.newest) == "1.4"

        now[0] = 3601.0
        await until(lambda: board.newest is None)

        publisher.publish(release("1.5"), serial=4, holds=timedelta(hours=3))
        await until(lambda: version_of(board.newest) == "1.5")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_found_is_told_no_longer_than_its_index_holds(tmp_path: Path, publisher: Publisher) -> None:
    board = ReleaseBoard()
    publisher.publish(release("1.4"), holds=timedelta(hours=1))
    # An hour that is almost over.
    async with watch(tmp_path, publisher, board=board, now=lambda: time.time() + 3598.5, every_s=3600.0) as looking:
        running = asyncio.create_task(looking.run())
        await until(lambda: version_of(board.newest) == "1.4")
        await until(lambda: board.newest is None)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(publisher.requests) == 1


async def test_owners_are_told_and_nobody_else(tmp_path: Path, publisher: Publisher) -> None:
    publisher.publish(release("1.4"))
    board = ReleaseBoard()
    async with running_relay(tmp_path, releases=board) as here, AsyncExitStack() as stack:
        sessions = {role: await here.session(role) for role in Role}
        phones = {role: await stack.enter_async_context(Phone(here)) for role in Role}
        for role, phone in phones.items():
            await phone.connect(here.storage.tokens.issue(sessions[role]))

        async with watch(tmp_path / "watch", publisher) as looking:
            board.post(await looking.look())
        (told,) = await phones[Role.OWNER].until("release")
        assert (told["version"], told["way"], told["notes"]["ko"]) == ("1.4", "apt", "통화가 더 빨리 연결됩니다.")

        async with Phone(here) as late:
            await late.connect(here.storage.tokens.issue(sessions[Role.OWNER]))
            assert await late.until("release") == [told]

        resident = sessions[Role.RESIDENT].id
        await here.storage.sessions.change(resident, SessionChanges(role=Role.OWNER), by="test")
        assert await phones[Role.RESIDENT].until("release") == [told]
        await here.storage.sessions.change(resident, SessionChanges(role=Role.RESIDENT), by="test")
        assert await phones[Role.RESIDENT].until("release", 2) == [told, None]

        board.post(None)
        assert await phones[Role.OWNER].until("release", 2) == [told, None]
        assert phones[Role.GUEST].all("release") == phones[Role.SCREEN].all("release") == []
