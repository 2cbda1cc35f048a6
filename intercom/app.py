"""The composition root: makes every part from the configuration, runs them, and stops them in reverse.

What is stored comes first, then the broker, the adapters, the relay and the window. What lives long runs as tasks of
one group. Stopping begins with one event, set by a signal, by closing the window or by a factory reset: the window
goes, the tasks are cancelled, and what was started is stopped in reverse. What is stored ends last, and there a home
that was reset is erased.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import os
import random
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from intercom.config import Config, EmbeddedBroker, Language, OutsideBroker
from intercom.devices.beacon import Beacon
from intercom.devices.broker import EmbeddedBroker as Broker
from intercom.devices.broker_credentials import Credentials
from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_connection import LinkSettings, Tls
from intercom.devices.mqtt_devices import MqttDevices
from intercom.devices.switch_devices import SwitchDevices
from intercom.home.errors import StartupError
from intercom.home.home import Home
from intercom.home.pairing import PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.installation import find_installation
from intercom.relay.release_watch import ReleaseSource, ReleaseWatch
from intercom.relay.server import Relay
from intercom.resources import resource
from intercom.sd_notify import ServiceManager
from intercom.storage.certificates import Certificates, HomeMade, OwnCertificate, open_certificates
from intercom.storage.database import refusal_of
from intercom.storage.storage import DISK_TROUBLES, Storage, open_storage

if TYPE_CHECKING:
    from intercom.panel.panel import Panel

_Task = Callable[[], Coroutine[Any, Any, None]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a window needs of the running program.

    Attributes:
        broker_place: returns where devices find the broker, as of now.
        reset: ends every session, stops the program, erases the home and starts anew; returns at once.
    """

    config: Config
    home: Home
    desk: PairingDesk
    releases: ReleaseBoard
    storage: Storage
    relay: Relay
    credentials: Credentials | None
    devices: MqttDevices
    broker_place: Callable[[], str]
    reset: Callable[[], None]


MakePanel = Callable[[Parts, asyncio.TaskGroup, Callable[[], None]], "Panel"]
"""Makes the window: from the parts, the group for its tasks, and what to call when a person closes it."""


class _Ending:
    """Why the program ends, once `begins` is set."""

    def __init__(self) -> None:
        self.begins = asyncio.Event()
        self.is_reset = False
        self.is_final = False

    @property
    def starts_anew(self) -> bool:
        """Whether the program starts again when it has ended, unless it is asked to stop meanwhile."""
        return self.is_reset and not self.is_final

    def stop(self) -> None:
        """End, and do not start anew, whatever else was asked for."""
        self.is_final = True
        self.begins.set()

    def reset(self) -> None:
        """Erase the home."""
        self.is_reset = True
        self.begins.set()


async def run(config: Config, *, make_panel: MakePanel | None = None) -> bool:
    """Run the intercom until SIGTERM, SIGINT, until its window is closed, or the home is reset.

    Returns whether the program is to start anew: the home was erased, and nobody asked to stop.

    Raises:
        StartupError: something cannot be had (a port, a folder); nothing is left half started.
    """
    ending = _Ending()
    service_manager = ServiceManager.from_environment(os.environ)
    with _stopped_by_signals(ending):
        async with contextlib.AsyncExitStack() as stack:
            parts, tasks = await _start(config, stack, ending)
            await _live(parts, tasks, ending, make_panel, service_manager)
    return ending.starts_anew


async def _start(config: Config, stack: contextlib.AsyncExitStack, ending: _Ending) -> tuple[Parts, list[_Task]]:
    """Start all but the window; return what it needs, and what has to run."""
    home = Home(name=config.home.name)
    storage = await stack.enter_async_context(
        open_storage(config.data_dir, home, history_days=config.history.max_days, history_mb=config.history.max_mb)
    )
    desk = PairingDesk(clock=storage.clock.steady, tries=storage.wrong_tries.tries)
    embedded = None
    if isinstance(config.broker, EmbeddedBroker):
        embedded = Broker(
            config.data_dir / "broker",
            host=config.broker.host,
            port=config.broker.port,
            on_refused=functools.partial(_tell_refusal, home, "broker"),
        )
        await embedded.start()
        stack.push_async_callback(embedded.stop)
    settings = _link_settings(config.broker, embedded, storage.home_id)
    link = MqttLink(settings, on_message=lambda topic, payload, is_retained: None)
    switches = SwitchDevices(home=home, link=link, registry=storage.registry, clock=asyncio.get_running_loop().time)
    await switches.start()
    devices = MqttDevices(home=home, link=link, switches=switches, prefix=config.home.discovery_prefix)
    certificates = await _certificates(config, storage.home_id)
    releases = ReleaseBoard()
    relay = Relay(
        home=home,
        desk=desk,
        releases=releases,
        storage=storage,
        switches=switches,
        web_folder=resource("built", "web"),
        host=config.relay.host,
        port=config.relay.port,
        names=config.relay.names,
        allowed_origins=config.relay.allowed_origins,
        trusted_proxies=config.relay.trusted_proxies,
        connections_by_address=config.relay.connections_by_address,
        certificates=certificates,
        tls_port=config.tls.port,
        old_sockets=config.relay.old_sockets,
    )
    await relay.start()
    stack.push_async_callback(relay.stop)
    if config.beacon.enabled:
        beacon = Beacon(port=config.beacon.port)
        await beacon.start()
        stack.callback(beacon.stop)
    tasks: list[_Task] = [storage.run, link.run, devices.run, switches.run]
    if certificates is not None:
        tasks.append(certificates.run)
    if config.update.url is not None and config.update.public_key is not None:
        source = ReleaseSource(
            url=config.update.url,
            public_key=config.update.public_key,
            channel=config.update.channel,
            ca_file=config.update.ca_file,
        )
        tasks.append(_release_watch(source, releases, storage).run)
    if config.demo:
        from intercom.devices.demo.demo_home import DemoHome
        from intercom.devices.demo.household import Tongue

        tasks.append(DemoHome(settings, tongue=Tongue(_demo_tongue(config))).run)
    parts = Parts(
        config=config,
        home=home,
        desk=desk,
        releases=releases,
        storage=storage,
        relay=relay,
        credentials=embedded.credentials if embedded else None,
        devices=devices,
        broker_place=lambda: settings.place if embedded is None else f"{relay.address}:{embedded.port}",
        reset=ending.reset,
    )
    return parts, tasks


async def _live(
    parts: Parts,
    tasks: list[_Task],
    ending: _Ending,
    make_panel: MakePanel | None,
    service_manager: ServiceManager,
) -> None:
    """Run everything until the end begins."""
    try:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(task())
            panel = make_panel(parts, group, ending.stop) if make_panel is not None else None
            _spare_the_loop_of_collections()
            try:
                _say_where(parts)
                group.create_task(service_manager.run(f"the relay listens on port {parts.relay.port}"))
                await ending.begins.wait()
                if ending.starts_anew:
                    service_manager.starting_anew()
                else:
                    service_manager.stopping()
                if ending.is_reset:
                    await parts.storage.begin_erasing()
            finally:
                if panel is not None:
                    panel.close()
            raise _StopError  # noqa: TRY301  # the group's own way of being stopped
    except* _StopError:
        _log.info("stopping")


def _spare_the_loop_of_collections() -> None:
    """Let Python look for garbage seldom, and not among all that was made until now, which stays.

    A full collection holds the loop, and with it the window: for 30 ms in a small home, for 150 ms while 10,000 devices
    are announced. After this, one takes a tenth of that and comes far more rarely.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class _StopError(Exception):
    """Ends the group's tasks; never leaves this module."""


async def _certificates(config: Config, home_id: str) -> Certificates | None:
    tls = config.tls
    if not tls.enabled:
        return None
    if tls.cert_file is not None and tls.key_file is not None:
        return await open_certificates(OwnCertificate(tls.cert_file, tls.key_file))
    try:
        return await open_certificates(
            HomeMade(config.data_dir / "tls", home_id=home_id, extra_names=config.relay.names)
        )
    except StartupError as error:
        if refusal_of(error) is None:
            raise
        _log.warning("there is no secure address until the next start: %s", error)
        return None


def _tell_refusal(home: Home, part: str, error: OSError | None) -> None:
    """Let residents know that the disk refuses, or does no more."""
    refusal = refusal_of(error)
    home.set_trouble(part, None if refusal is None else DISK_TROUBLES[refusal])


def _release_watch(source: ReleaseSource, board: ReleaseBoard, storage: Storage) -> ReleaseWatch:
    return ReleaseWatch(
        source,
        board=board,
        marks=storage.release_marks,
        find_installation=find_installation,
        now=storage.clock.now,
        random=random.random,
    )


def _link_settings(config: EmbeddedBroker | OutsideBroker, embedded: Broker | None, home_id: str) -> LinkSettings:
    client_id = f"intercom-{home_id}"
    if embedded is not None:
        return LinkSettings(
            host=embedded.own_host,
            port=embedded.port,
            user=embedded.credentials.user,
            password=embedded.credentials.password,
            client_id=client_id,
        )
    assert isinstance(config, OutsideBroker)
    tls = Tls(ca_file=config.ca_file, certificate_file=config.cert_file, key_file=config.key_file)
    return LinkSettings(
        host=config.host,
        port=config.port,
        user=config.username,
        password=config.password,
        client_id=client_id,
        tls=tls if config.is_tls else None,
    )


def _demo_tongue(config: Config) -> str:
    """Return in which language the demo's devices are named: the one that was chosen, or else the system's."""
    if config.home.language is not Language.AUTO:
        return config.home.language
    language = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.KOREAN if language.startswith("ko") else Language.ENGLISH


def _say_where(parts: Parts) -> None:
    for url in parts.relay.urls:
        if url == parts.relay.secure_url:
            print(
                f"intercom: {url} is the secure address; {parts.relay.urls[0]}/trust tells how to trust it", flush=True
            )
        else:
            print(f"intercom: open {url} in a browser", flush=True)


@contextlib.contextmanager
def _stopped_by_signals(ending: _Ending) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}

    def stop_by_signal(_signal_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(ending.stop)  # which wakes the loop

    for signal_number in before:
        if sys.platform == "win32":  # where loops mind no signals
            signal.signal(signal_number, stop_by_signal)
        else:
            loop.add_signal_handler(signal_number, ending.stop)
    try:
        yield
    finally:
        for signal_number, handler in before.items():
            if sys.platform != "win32":
                loop.remove_signal_handler(signal_number)
            signal.signal(signal_number, handler)
