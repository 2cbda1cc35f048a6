"""What the program is told: one frozen value from flags, environment, a TOML file and defaults, in that order.

Everything is checked once, here, before anything starts. A wrong setting is named by the file, line and key (or by the
variable or flag) that holds it, with what was expected; all wrong settings are named together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from intercom.config_values import (
    BrokerUrl,
    File,
    FirstLine,
    Flag,
    Folder,
    IndexUrl,
    Kind,
    Network,
    OneOf,
    PublicKey,
    Text,
    Texts,
    UnexpectedError,
    Whole,
)
from intercom.home.errors import ConfigError
from intercom.home.releases import Channel

if TYPE_CHECKING:
    from intercom.config_file import ConfigFile


class Language(StrEnum):
    """The language of the panel; AUTO is the system's."""

    AUTO = "auto"
    KOREAN = "ko"
    ENGLISH = "en"


class Appearance(StrEnum):
    """Whether the panel is dark or light; AUTO is the system's choice."""

    AUTO = "auto"
    DARK = "dark"
    LIGHT = "light"


class LogLevel(StrEnum):
    """From which level on messages are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeConfig:
    """What the home is called and how it looks; `discovery_prefix` is where devices announce themselves over MQTT."""

    name: str = ""
    language: Language = Language.AUTO
    theme: Appearance = Appearance.AUTO
    discovery_prefix: str = "homeassistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Where the relay listens, and who may reach it how.

    Attributes:
        port: 0 is any free one.
        names: hosts under which the home is reached, besides the machine's own name and addresses.
        allowed_origins: of foreign pages that may use the relay.
        trusted_proxies: addresses or networks whose `X-Forwarded-…` headers are believed.
        connections_by_address: so many may be open from one address.
        old_sockets: serve clients of Socket.IO 2 as well.
    """

    host: str = "0.0.0.0"  # noqa: S104  # the phones of the home must reach it
    port: int = 8080
    names: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    connections_by_address: int = 256
    old_sockets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsConfig:
    """The relay's secure address; port 0 is any free one.

    Attributes:
        cert_file, key_file: a certificate of one's own with its chain, and its key, both PEM; None for the home's own.
    """

    enabled: bool = True
    port: int = 8443
    cert_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedBroker:
    """The broker that starts with the program, and where it listens; port 0 is any free one."""

    host: str = "0.0.0.0"  # noqa: S104  # the devices of the home must reach it
    port: int = 1883


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideBroker:
    """A broker that somebody else runs.

    Attributes:
        ca_file: trust this authority instead of the system's; `cert_file` with `key_file`: who we are. All PEM.
    """

    host: str
    port: int
    is_tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconConfig:
    """The UDP beacon that tells the ancestor's switches where the relay is; port 0 is any free one."""

    enabled: bool = True
    port: int = 41234


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryConfig:
    """For how long, and up to which size of the file, changes of state are kept."""

    max_days: int = 30
    max_mb: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConfig:
    """Where an index says which newer versions there are, and whose signature it has; nobody looks without `url`.

    Attributes:
        public_key: an Ed25519 key, 32 bytes.
        ca_file: trust this authority instead of the system's.
    """

    url: str | None = None
    public_key: bytes | None = None
    channel: Channel = Channel.STABLE
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelConfig:
    """`kiosk`: the window fills the screen and cannot be left."""

    kiosk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings.

    Attributes:
        path: the file that was read; None when there is none.
    """

    path: Path | None
    data_dir: Path
    log_level: LogLevel = LogLevel.INFO
    demo: bool = False
    headless: bool = False
    home: HomeConfig = HomeConfig()
    relay: RelayConfig = RelayConfig()
    tls: TlsConfig = TlsConfig()
    broker: EmbeddedBroker | OutsideBroker = EmbeddedBroker()
    beacon: BeaconConfig = BeaconConfig()
    history: HistoryConfig = HistoryConfig()
    update: UpdateConfig = UpdateConfig()
    panel: PanelConfig = PanelConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line says of the settings, unchecked; None and False leave a setting to the others."""

    config: str | None = None
    data_dir: str | None = None
    host: str | None = None
    port: str | None = None
    tls_port: str | None = None
    log_level: str | None = None
    demo: bool = False
    headless: bool = False
    kiosk: bool = False


_HOST: Final = Text("an address or the name of a host", r"[A-Za-z0-9._:%-]{1,253}")
_PORT: Final = Whole(0, 65535)
_NAME: Final = Text("a host name", r"(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_ORIGIN: Final = Text("an origin", r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")

_SETTINGS: Final[dict[str, Kind]] = {
    "data_dir": Folder(),
    "log_level": OneOf(LogLevel),
    "demo": Flag(),
    "headless": Flag(),
    "home.name": Text("a text of at most 64 characters", r".{0,64}"),
    "home.language": OneOf(Language),
    "home.theme": OneOf(Appearance),
    "home.discovery_prefix": Text("an MQTT topic without wildcards", r"[^/+#$][^/+#]*(/[^/+#]+)*"),
    "relay.host": _HOST,
    "relay.port": _PORT,
    "relay.names": Texts('a list of host names such as ["wall.home.arpa"]', _NAME),
    "relay.trusted_proxies": Texts('a list of addresses or networks such as ["127.0.0.1", "10.0.0.0/24"]', Network()),
    "relay.connections_by_address": Whole(8, 100_000),
    "relay.allowed_origins": Texts('a list of origins such as ["https://home.example"]', _ORIGIN),
    "tls.enabled": Flag(),
    "tls.port": _PORT,
    "tls.cert_file": File(),
    "tls.key_file": File(),
    "relay.old_sockets": Flag(),
    "broker.host": _HOST,
    "broker.port": _PORT,
    "broker.url": BrokerUrl(),
    "broker.ca_file": File(),
    "broker.cert_file": File(),
    "broker.key_file": File(),
    "broker.username": Text("a user's name", r".{1,256}"),
    "broker.password": Text("a password on one line", r".{1,256}", is_secret=True),
    "broker.password_file": FirstLine(),
    "beacon.enabled": Flag(),
    "beacon.port": _PORT,
    "history.max_days": Whole(1, 3650),
    "history.max_mb": Whole(1, 10_000),
    "update.url": IndexUrl(),
    "update.public_key": PublicKey(),
    "update.channel": OneOf(Channel),
    "update.ca_file": File(),
    "panel.kiosk": Flag(),
}
_SECTIONS: Final[dict[str, type[Any]]] = {
    "home": HomeConfig,
    "relay": RelayConfig,
    "tls": TlsConfig,
    "beacon": BeaconConfig,
    "history": HistoryConfig,
    "update": UpdateConfig,
    "panel": PanelConfig,
}
"""All but the broker's, which becomes one of two classes."""

_FLAGS: Final = {
    "data_dir": "data_dir",
    "host": "relay.host",
    "port": "relay.port",
    "tls_port": "tls.port",
    "log_level": "log_level",
    "demo": "demo",
    "headless": "headless",
    "kiosk": "panel.kiosk",
}
_CONFIG_VARIABLE: Final = "INTERCOM_CONFIG"
_VARIABLES: Final = {f"INTERCOM_{key.replace('.', '_').upper()}": key for key in _SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A value, and where it stands: `place` takes its time, for nobody asks when all is right."""

    key: str
    value: object
    base: Path
    place: Callable[[], str]


def load(flags: Flags, environ: Mapping[str, str]) -> Config:
    """Return the settings in force.

    Raises:
        ConfigError: some are wrong; one line for each.
    """
    problems: list[str] = []
    path = _path(flags, environ)
    # The later ones win, but a mistake is told wherever it is.
    given = [
        *(_in_file(path, problems) if path is not None else ()),
        *_in_environment(environ, problems),
        *_in_flags(flags),
    ]
    values: dict[str, Any] = {}
    places: dict[str, Callable[[], str]] = {}
    for each in given:
        try:
            values[each.key] = _SETTINGS[each.key].read(each.value, each.base)
            places[each.key] = each.place
        except UnexpectedError as error:
            problems.append(f"{each.place()}: expected {error}")
    if not problems:
        problems += [f"{places[key]()}: {problem}" for key, problem in _contradictions(values)]
    if problems:
        raise ConfigError("\n".join(problems))
    return Config(
        path=path,
        data_dir=values["data_dir"] if "data_dir" in values else _default_data_dir(is_demo=values.get("demo", False)),
        broker=_broker(values),
        **{name: values[name] for name in ("log_level", "demo", "headless") if name in values},
        **{name: _section(section, name, values) for name, section in _SECTIONS.items()},
    )


# Where values stand


def _path(flags: Flags, environ: Mapping[str, str]) -> Path | None:
    asked = flags.config or environ.get(_CONFIG_VARIABLE)
    if asked:
        return Path(asked).expanduser()
    # Imported where it is needed, like the parser below: the start of a home without such a file does not pay for it.
    from platformdirs import user_config_path

    path = user_config_path("intercom", appauthor=False) / "config.toml"
    return path if path.exists() else None


def _default_data_dir(*, is_demo: bool) -> Path:
    """Return where data is kept unless somebody says so; the demo's devices must not stay behind in a real home."""
    from platformdirs import user_data_path

    folder = user_data_path("intercom", appauthor=False)
    return folder / "demo" if is_demo else folder


def _in_file(path: Path, problems: list[str]) -> Iterator[_Given]:
    from intercom.config_file import ConfigFile

    file = ConfigFile(path)
    base = path.absolute().parent
    sections = {key.partition(".")[0] for key in _SETTINGS if "." in key}
    for name, value in file.document.items():
        if name in sections and isinstance(value, dict):
            for key, inner in value.items():
                yield from _from_file(file, (name, key), inner, base, problems)
        elif name in sections:
            problems.append(f"{file.place((name,))}: expected a table, written [{name}]")
        else:
            yield from _from_file(file, (name,), value, base, problems)


def _from_file(
    file: ConfigFile, keys: tuple[str, ...], value: object, base: Path, problems: list[str]
) -> Iterator[_Given]:
    key = ".".join(keys)
    if key in _SETTINGS:
        yield _Given(key=key, value=value, base=base, place=lambda: file.place(keys))
    else:
        problems.append(f"{file.place(keys)}: there is no such setting{_nearest(key, _SETTINGS)}")


def _in_environment(environ: Mapping[str, str], problems: list[str]) -> Iterator[_Given]:
    for name, text in environ.items():
        if not name.startswith("INTERCOM_") or name == _CONFIG_VARIABLE or not text:
            continue
        key = _VARIABLES.get(name)
        if key is None:
            problems.append(f"{name}: there is no such variable{_nearest(name, _VARIABLES)}")
        else:
            yield _from_text(key, text, name)


def _in_flags(flags: Flags) -> Iterator[_Given]:
    for flag, key in _FLAGS.items():
        said = getattr(flags, flag)
        if said is not None and said is not False:
            text = said if isinstance(said, str) else "true"
            yield _from_text(key, text, f"--{flag.replace('_', '-')}")


def _from_text(key: str, text: str, place: str) -> _Given:
    return _Given(key=key, value=_SETTINGS[key].from_text(text), base=Path.cwd(), place=lambda: place)


def _nearest(name: str, names: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # only for a mistake

    inner = [each for each in names if each.rpartition(".")[2] == name.rpartition(".")[2]]
    nearest = inner if len(inner) == 1 else get_close_matches(name, names, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""


# What values make together


def _contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what cannot stand together, each with the setting to blame."""
    yield from _half_pairs("tls", values)
    yield from _half_pairs("update", values, "url", "public_key")
    yield from _contradictions_of_broker(values)


def _half_pairs(
    section: str, values: Mapping[str, Any], one: str = "cert_file", another: str = "key_file"
) -> Iterator[tuple[str, str]]:
    for key, other in ((one, another), (another, one)):
        if f"{section}.{key}" in values and f"{section}.{other}" not in values:
            yield f"{section}.{key}", f"expected {section}.{other} beside it"


def _contradictions_of_broker(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    url = values.get("broker.url")
    if url is None:
        for key in ("username", "password", "password_file", "ca_file", "cert_file", "key_file"):
            if f"broker.{key}" in values:
                yield f"broker.{key}", "is for an outside broker, so broker.url is expected beside it"
        return
    for key in ("host", "port"):
        if f"broker.{key}" in values:
            yield f"broker.{key}", "is for the embedded broker, so broker.url cannot stand beside it"
    if not url.is_tls:
        for key in ("ca_file", "cert_file", "key_file"):
            if f"broker.{key}" in values:
                yield f"broker.{key}", 'expected broker.url to begin with "mqtts://"'
    yield from _half_pairs("broker", values)
    if url.username is not None and "broker.username" in values:
        yield "broker.username", "broker.url names a user already"
    passwords = [key for key in ("broker.password", "broker.password_file") if key in values]
    if url.password is not None or len(passwords) > 1:
        for key in passwords[-1:]:
            yield key, "there is another password"
    if passwords and url.username is None and "broker.username" not in values:
        yield passwords[0], "expected broker.username beside it"


def _broker(values: Mapping[str, Any]) -> EmbeddedBroker | OutsideBroker:
    url = values.get("broker.url")
    if url is None:
        broker: EmbeddedBroker = _section(EmbeddedBroker, "broker", values)
        return broker
    return OutsideBroker(
        host=url.host,
        port=url.port,
        is_tls=url.is_tls,
        ca_file=values.get("broker.ca_file"),
        cert_file=values.get("broker.cert_file"),
        key_file=values.get("broker.key_file"),
        username=values.get("broker.username", url.username),
        password=values.get("broker.password", values.get("broker.password_file", url.password)),
    )


def _section(section: type[Any], name: str, values: Mapping[str, Any]) -> Any:
    given = {each.name: values[f"{name}.{each.name}"] for each in fields(section) if f"{name}.{each.name}" in values}
    return section(**given)
