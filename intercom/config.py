"""What the program is told: one frozen value from flags, environment, a TOML file and defaults, in that order.

Everything is checked once, here, before anything starts. A wrong setting is named by the file, line and key (or by the
variable or flag) that holds it, with what was expected; all wrong settings are named together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


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
    """Where the relay listens; port 0 is any free one. `allowed_origins` are those of foreign pages that may use it."""

    host: str = "0.0.0.0"  # noqa: S104  # the phones of the home must reach it
    port: int = 8080
    allowed_origins: tuple[str, ...] = ()


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
    broker: EmbeddedBroker | OutsideBroker = EmbeddedBroker()
    beacon: BeaconConfig = BeaconConfig()
    history: HistoryConfig = HistoryConfig()
    panel: PanelConfig = PanelConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line says of the settings, unchecked; None and False leave a setting to the others."""

    config: str | None = None
    data_dir: str | None = None
    host: str | None = None
    port: str | None = None
    log_level: str | None = None
    demo: bool = False
    headless: bool = False
    kiosk: bool = False


def load(flags: Flags, environ: Mapping[str, str]) -> Config:
    """Return the settings in force.

    Raises:
        ConfigError: some are wrong; one line for each.
    """
    raise NotImplementedError
