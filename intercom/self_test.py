"""The program's look at itself: `intercom self-test` tells, line by line, whether what was installed works.

It runs the whole program as residents do, with the pretend home and a window that nobody sees, on a data folder that is
gone afterwards and on ports of the loopback that the system chooses. Then it goes at it from outside: as a browser, as
a phone that pairs, as a device. Nothing of whoever runs it is read or written. It stands above everything, so it may
import everything; Qt only within functions, because a Qt that cannot be loaded is one of the things to tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import json
import logging
import pkgutil
import ssl
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Never, TextIO

import intercom
from intercom import app
from intercom.config import BeaconConfig, Config, EmbeddedBroker, HomeConfig, Language, LogLevel, RelayConfig, TlsConfig

if TYPE_CHECKING:
    import aiohttp
    from PySide6.QtGui import QGuiApplication

    from intercom.panel.panel import Panel

WITHIN_S: Final = 30.0
"""How long one look may take; a slow wall that has just been switched on needs a few seconds for the first."""

_HANGUL: Final = "가힣 초인종이 울립니다"
_COLOURS: Final = 24
"""A window with tiles and text has more; a blank one, or one with nothing but its background, has less."""

_Work = Coroutine[Any, Any, str]


@contextlib.contextmanager
def surroundings(environ: MutableMapping[str, str]) -> Iterator[Config]:
    """Have a home of nobody while the block lasts; return its settings, and hide the user's own from Qt."""
    with tempfile.TemporaryDirectory(prefix="intercom-self-test-", ignore_cleanup_errors=True) as name:
        environ["QT_QPA_PLATFORM"] = "offscreen"
        environ["QML_DISABLE_DISK_CACHE"] = "1"
        for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            environ[variable] = str(Path(name, "user"))
        yield Config(
            path=None,
            data_dir=Path(name, "data"),
            log_level=LogLevel.WARNING,
            demo=True,
            home=HomeConfig(name="self-test", language=Language.KOREAN),
            relay=RelayConfig(host="127.0.0.1", port=0),
            tls=TlsConfig(port=0),
            broker=EmbeddedBroker(host="127.0.0.1", port=0),
            beacon=BeaconConfig(enabled=False),
        )


class SelfTest:
    """One run of all looks; tells each on a line of `out` as soon as it is done."""

    def __init__(self, config: Config, out: TextIO) -> None:
        self._config = config
        self._out = out
        self._has_failed = False
        self._warnings = _Warnings()

    @property
    def exit_code(self) -> int:
        """0 when all that was looked at works, else 1."""
        return 1 if self._has_failed else 0

    def can_import(self) -> bool:
        """Import all of the program, and with it all that it is built on; tell whether that went well."""
        return asyncio.run(self._look("imports", _import_all()))

    async def run(self, qt_app: QGuiApplication, make_panel: app.MakePanel) -> None:
        """Run the program with its window, and look at it from all sides."""
        logging.getLogger().addHandler(self._warnings)
        try:
            await self._look("start", self._run_program(qt_app, make_panel))
        finally:
            logging.getLogger().removeHandler(self._warnings)
        await self._look("database", self._read_database())
        await self._look("log", self._read_log())

    async def _run_program(self, qt_app: QGuiApplication, make_panel: app.MakePanel) -> str:
        began = time.monotonic()
        looked = asyncio.Event()

        def make(parts: app.Parts, group: asyncio.TaskGroup, close: Callable[[], None]) -> Panel:
            panel = make_panel(parts, group, close)

            async def look() -> None:
                try:
                    await self._look_around(qt_app, parts, panel)
                    looked.set()
                finally:
                    close()

            group.create_task(look())
            return panel

        with contextlib.redirect_stdout(io.StringIO()):  # where to open it is of no use to anybody
            await app.run(self._config, make_panel=make)
        if not looked.is_set():
            raise _FailedError("the program ended before all was looked at")
        return f"the program ran for {time.monotonic() - began:.1f} s and ended as it should"

    async def _look_around(self, qt_app: QGuiApplication, parts: app.Parts, panel: Panel) -> None:
        import aiohttp

        async with aiohttp.ClientSession(raise_for_status=True) as http:
            await self._look("relay", _ask_relay(http, parts.relay.urls[0]))
            await self._look("secure relay", _ask_secure_relay(http, parts))
            await self._look("broker", _send_message(parts))
            await self._look("socket", _pair_and_watch(http, parts))
        await self._look("qml", _find_items(panel))
        await self._look("frame", _grab_frame(panel))
        await self._look("fonts", _find_glyphs(qt_app))

    async def _look(self, name: str, work: _Work) -> bool:
        try:
            async with asyncio.timeout(WITHIN_S * (8 if name == "start" else 1)):
                found = await work
        except TimeoutError:
            return self._tell(name, f"nothing came of it within {WITHIN_S:.0f} s", is_well=False)
        except Exception as error:  # whatever may be wrong is what is asked for
            return self._tell(name, f"{type(error).__name__}: {error}", is_well=False)
        return self._tell(name, found, is_well=True)

    def _tell(self, name: str, found: str, *, is_well: bool) -> bool:
        self._has_failed |= not is_well
        line = " ".join(found.split())
        print(f"{'ok' if is_well else 'FAILED':6}  {name}: {line}", file=self._out, flush=True)
        return is_well

    async def _read_database(self) -> str:
        """Open it again, as the next start would, and find the phone that was paired."""
        from intercom.storage.access import load_access
        from intercom.storage.storage import open_home_database

        async with open_home_database(self._config.data_dir) as database:
            names = [session.name for session in (await load_access(database)).sessions.all]
        if names != [_PHONE]:
            raise _FailedError(f"expected the paired client to be kept, found {names}")
        return "sound, and the client that was paired is in it"

    async def _read_log(self) -> str:
        if self._warnings.lines:
            raise _FailedError("; ".join(self._warnings.lines))
        return "no warning, of QML neither"


_PHONE: Final = "self-test"


class _FailedError(Exception):
    """What a look found instead of what it expected."""


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


async def _import_all() -> str:
    names = [each.name for each in pkgutil.walk_packages(intercom.__path__, "intercom.", onerror=_fail_to_import)]
    for name in names:
        if name != "intercom.__main__":
            importlib.import_module(name)
    import pyrage  # noqa: F401  # what only some commands import
    from argon2 import PasswordHasher

    hasher = PasswordHasher()
    hasher.verify(hasher.hash("a"), "a")
    return f"{len(names)} modules, and all that they need; {ssl.OPENSSL_VERSION}"


def _fail_to_import(name: str) -> Never:
    raise _FailedError(f"{name} cannot be imported")


async def _ask_relay(http: aiohttp.ClientSession, url: str) -> str:
    async with http.get(url) as response:
        page = await response.text()
    start = page.find("/assets/")
    if start < 0:
        raise _FailedError(f"expected the web client at {url}, got {len(page)} characters that name none of its files")
    asset = page[start : page.index('"', start)]
    async with http.get(url + asset) as response:
        size = len(await response.read())
    return f"the web client at {url}, {size:,} bytes of it from {asset}"


async def _ask_secure_relay(http: aiohttp.ClientSession, parts: app.Parts) -> str:
    authority = (parts.config.data_dir / "tls" / "authority.pem").read_text("ascii")
    trusting = ssl.create_default_context(cadata=authority)
    async with http.get(parts.relay.secure_url, ssl=trusting) as response:
        await response.read()
    return f"{parts.relay.secure_url}, with a certificate that those who trust the home's authority accept"


async def _send_message(parts: app.Parts) -> str:
    """Publish as one device, and receive as another."""
    from intercom.devices.mqtt import MqttLink
    from intercom.devices.mqtt_connection import LinkSettings

    assert parts.credentials is not None
    host, _, port = parts.broker_place().rpartition(":")
    topic = "self-test/ring"
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def take(_topic: str, payload: bytes, _is_retained: bool) -> None:
        if not heard.done():
            heard.set_result(payload)

    def link(name: str, on_message: Callable[[str, bytes, bool], None]) -> MqttLink:
        assert parts.credentials is not None
        user, password = parts.credentials.user, parts.credentials.password
        settings = LinkSettings(host=host, port=int(port), user=user, password=password, client_id=name)
        return MqttLink(settings, on_message=on_message)

    ringing, hearing = link("self-test-a", lambda *_: None), link("self-test-b", take)
    hearing.subscribe(topic)
    running = [asyncio.create_task(each.run()) for each in (hearing, ringing)]
    try:
        began = time.monotonic()
        while not heard.done():
            if hearing.trouble is None and ringing.trouble is None:
                ringing.publish(topic, b"ding")
            await asyncio.wait([heard], timeout=0.05)
        if heard.result() != b"ding":
            raise _FailedError("a message arrived changed")
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return f"a message came round on port {port}, {1000 * (time.monotonic() - began):.0f} ms from connecting on"


async def _pair_and_watch(http: aiohttp.ClientSession, parts: app.Parts) -> str:
    """Pair as a phone does, by the code that the panel shows, connect over Socket.IO and see the home's devices."""
    url = parts.relay.urls[0]
    async with http.post(f"{url}/api/v1/pairing", json={"name": _PHONE}) as response:
        asked = await response.json()
    live = parts.desk.live
    if live is None:
        raise _FailedError("expected the panel to show a code, it shows none")
    told = {"secret": asked["secret"], "code": live.code, "native": True}
    async with http.post(f"{url}/api/v1/pairing/{asked['request_id']}", json=told) as response:
        admitted = await response.json()
    async with http.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket") as socket:
        await _expect(socket, "0")
        await socket.send_str("40" + json.dumps({"token": admitted["access_token"]}))
        await _expect(socket, "40")
        number = 0
        while True:
            await socket.send_str(f'42{number}["watch",{{}}]')
            (snapshot,) = json.loads(await _expect(socket, f"43{number}"))
            if snapshot.get("devices"):
                break
            number += 1  # the pretend home is still moving in
            await asyncio.sleep(0.1)
    return f"a phone paired, connected and was shown {len(snapshot['devices'])} devices"


async def _expect(socket: aiohttp.ClientWebSocketResponse, beginning: str) -> str:
    """Wait for a packet that begins so; return the rest of it. What the home tells meanwhile is passed over."""
    while True:
        packet = await socket.receive_str()
        if packet == "2":
            await socket.send_str("3")
        elif packet.startswith(beginning):
            return packet.removeprefix(beginning)
        elif packet.startswith("44"):
            raise _FailedError("the relay refused the connection")


async def _find_items(panel: Panel) -> str:
    waiting = [panel.window.contentItem()]
    found = 0
    while waiting:
        item = waiting.pop()
        found += 1
        waiting += item.childItems()
    return f"{found} items in a window of {panel.window.width()} × {panel.window.height()}"


async def _grab_frame(panel: Panel) -> str:
    """Take a picture of the window, as often as it takes for something to be on it."""
    while True:
        picture = panel.window.grabWindow()
        if picture.isNull():
            raise _FailedError("no picture can be taken of the window")
        small = picture.scaled(160, 100)
        colours = len({small.pixel(x, y) for x in range(small.width()) for y in range(small.height())})
        if colours >= _COLOURS:
            return f"{picture.width()} × {picture.height()} pixels are painted, in {colours} colours or more"
        await asyncio.sleep(0.05)


async def _find_glyphs(qt_app: QGuiApplication) -> str:
    from PySide6.QtGui import QFontInfo, QRawFont

    from intercom.panel.fonts import glyph

    asked, used = qt_app.font().family(), QFontInfo(qt_app.font()).family()
    if asked != used:
        raise _FailedError(f"expected to draw with {asked}, Qt draws with {used}")
    missing = [each for each in _HANGUL if not QRawFont.fromFont(qt_app.font()).supportsCharacter(ord(each))]
    if missing:
        raise _FailedError(f"{used} has no glyph for {' '.join(missing)}")
    if glyph("house") == " ":
        raise _FailedError("there are no icons")
    return f"{used} has the letters of '{_HANGUL}'"
