"""Settings: where they come from, which one wins, and how a wrong one is named."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from intercom.config import (
    Appearance,
    BeaconConfig,
    Config,
    EmbeddedBroker,
    Flags,
    HistoryConfig,
    HomeConfig,
    Language,
    LogLevel,
    OutsideBroker,
    PanelConfig,
    RelayConfig,
    TlsConfig,
    UpdateConfig,
    load,
)
from intercom.home.errors import ConfigError
from intercom.home.releases import Channel

PUBLIC_KEY = "A" * 43 + "="

EVERYTHING = """
data_dir = "data"
log_level = "debug"
demo = true
headless = true

[home]
name = "우리 집"
language = "ko"
theme = "light"
discovery_prefix = "devices/ha"

[relay]
host = "127.0.0.1"
port = 9000
names = ["wall.home.arpa", "Wall"]
allowed_origins = ["https://wall.example", "http://10.0.0.2:8080"]
old_sockets = true

[tls]
enabled = false
port = 9443

[broker]
host = "::1"
port = 0

[beacon]
enabled = false
port = 5000

[history]
max_days = 7
max_mb = 5

[panel]
kiosk = true
"""


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wall.toml"


def load_file(file: Path, text: str, **variables: str) -> Config:
    file.write_text(text, "utf-8")
    return load(Flags(config=str(file)), variables)


def problems(file: Path, text: str, **variables: str) -> list[str]:
    """Return what is said to be wrong, without the path of the file."""
    with pytest.raises(ConfigError) as refusal:
        load_file(file, text, **variables)
    return [line.removeprefix(f"{file}, ") for line in str(refusal.value).split("\n")]


# Where settings come from


def test_without_any_settings_there_are_the_defaults(tmp_path: Path) -> None:
    config = load(Flags(), {"HOME": "/home/minsu", "INTERCOMMUNICATION": "1"})

    assert config == Config(path=None, data_dir=tmp_path / "share" / "intercom")
    assert config.broker == EmbeddedBroker(host="0.0.0.0", port=1883)
    assert config.relay == RelayConfig(host="0.0.0.0", port=8080, allowed_origins=())


def test_the_demo_keeps_its_data_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))

    assert load(Flags(demo=True), {}).data_dir == tmp_path / "share" / "intercom" / "demo"
    assert load(Flags(demo=True, data_dir=str(tmp_path)), {}).data_dir == tmp_path


def test_the_platforms_file_is_read_when_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "config" / "intercom" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[relay]\nport = 9000\n")

    config = load(Flags(), {})

    assert (config.path, config.relay.port) == (path, 9000)


def test_every_setting_can_stand_in_the_file(file: Path) -> None:
    config = load_file(file, EVERYTHING)

    assert config == Config(
        path=file,
        data_dir=file.parent / "data",
        log_level=LogLevel.DEBUG,
        demo=True,
        headless=True,
        home=HomeConfig(
            name="우리 집", language=Language.KOREAN, theme=Appearance.LIGHT, discovery_prefix="devices/ha"
        ),
        relay=RelayConfig(
            host="127.0.0.1",
            port=9000,
            names=("wall.home.arpa", "Wall"),
            allowed_origins=("https://wall.example", "http://10.0.0.2:8080"),
            old_sockets=True,
        ),
        tls=TlsConfig(enabled=False, port=9443),
        broker=EmbeddedBroker(host="::1", port=0),
        beacon=BeaconConfig(enabled=False, port=5000),
        history=HistoryConfig(max_days=7, max_mb=5),
        panel=PanelConfig(kiosk=True),
    )


def test_every_setting_can_stand_in_the_environment(file: Path) -> None:
    variables = {
        "DATA_DIR": str(file.parent / "data"),
        "LOG_LEVEL": "debug",
        "DEMO": "true",
        "HEADLESS": "1",
        "HOME_NAME": "우리 집",
        "HOME_LANGUAGE": "ko",
        "HOME_THEME": "light",
        "HOME_DISCOVERY_PREFIX": "devices/ha",
        "RELAY_HOST": "127.0.0.1",
        "RELAY_PORT": "9000",
        "RELAY_NAMES": "wall.home.arpa,Wall",
        "TLS_ENABLED": "0",
        "TLS_PORT": "9443",
        "RELAY_ALLOWED_ORIGINS": "https://wall.example, http://10.0.0.2:8080",
        "RELAY_OLD_SOCKETS": "1",
        "BROKER_HOST": "::1",
        "BROKER_PORT": "0",
        "BEACON_ENABLED": "false",
        "BEACON_PORT": "5000",
        "HISTORY_MAX_DAYS": "7",
        "HISTORY_MAX_MB": "5",
        "PANEL_KIOSK": "True",
    }

    said_in_variables = load_file(file, "", **{f"INTERCOM_{name}": value for name, value in variables.items()})

    assert said_in_variables == load_file(file, EVERYTHING)


def test_flags_win_over_the_environment_and_that_over_the_file(file: Path) -> None:
    file.write_text("[relay]\nhost = '10.0.0.1'\nport = 1\n[history]\nmax_mb = 3\n")
    environ = {"INTERCOM_CONFIG": str(file), "INTERCOM_RELAY_PORT": "2", "INTERCOM_RELAY_HOST": "10.0.0.2"}

    config = load(Flags(port="3", kiosk=True), environ)

    assert (config.history.max_mb, config.relay.host, config.relay.port) == (3, "10.0.0.2", 3)
    assert config.panel.kiosk


def test_an_empty_variable_says_nothing(file: Path) -> None:
    assert load_file(file, "[relay]\nport = 1\n", INTERCOM_RELAY_PORT="").relay.port == 1


def test_paths_are_below_the_file_or_the_working_folder_or_a_home(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert load_file(file, "data_dir = 'a'").data_dir == tmp_path / "a"
    assert load(Flags(data_dir="a"), {}).data_dir == tmp_path / "here" / "a"
    assert load(Flags(data_dir="~/a"), {}).data_dir == tmp_path / "a"
    assert load(Flags(data_dir="/srv/a"), {}).data_dir == Path("/srv/a")


def test_newer_versions_are_looked_for_only_where_somebody_says_so(file: Path) -> None:
    assert load_file(file, "").update == UpdateConfig()

    for url in ("https://r.example:99/i?x=1", "http://localhost:80/i", "http://127.0.0.1/i", "http://[::1]/i"):
        text = f'[update]\nurl = "{url}"\npublic_key = "{PUBLIC_KEY}"\nchannel = "beta"'
        expected = UpdateConfig(url=url, public_key=bytes(32), channel=Channel.BETA)
        assert load_file(file, text).update == expected


# Brokers


def test_one_line_names_an_outside_broker(file: Path) -> None:
    assert load_file(file, 'broker.url = "mqtt://10.0.0.5"').broker == OutsideBroker(host="10.0.0.5", port=1883)
    assert load_file(file, 'broker.url = "mqtts://wall:s%40fe@b.example:99/"').broker == OutsideBroker(
        host="b.example", port=99, is_tls=True, username="wall", password="s@fe"
    )
    assert load_file(file, 'broker.url = "mqtt://[fe80::1]"').broker == OutsideBroker(host="fe80::1", port=1883)


def test_an_outside_broker_has_credentials_and_certificates(file: Path, tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    (tmp_path / "password").write_text("s3cret\n")

    broker = load_file(
        file,
        """
        [broker]
        url = "mqtts://b.example"
        username = "wall"
        password_file = "password"
        ca_file = "ca.pem"
        cert_file = "cert.pem"
        key_file = "key.pem"
        """,
    ).broker

    assert broker == OutsideBroker(
        host="b.example",
        port=8883,
        is_tls=True,
        ca_file=tmp_path / "ca.pem",
        cert_file=tmp_path / "cert.pem",
        key_file=tmp_path / "key.pem",
        username="wall",
        password="s3cret",
    )
    assert "s3cret" not in repr(broker)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('url = "mqtt://b"\nport = 1', "line 3: broker.port: is for the embedded broker"),
        ('username = "x"', "line 2: broker.username: is for an outside broker, so broker.url is expected"),
        (
            'url = "mqtt://b"\nca_file = "/proc/version"',
            'line 3: broker.ca_file: expected broker.url to begin with "mqtts',
        ),
        (
            'url = "mqtts://b"\ncert_file = "/proc/version"',
            "line 3: broker.cert_file: expected broker.key_file beside it",
        ),
        (
            'url = "mqtts://b"\nkey_file = "/proc/version"',
            "line 3: broker.key_file: expected broker.cert_file beside it",
        ),
        ('url = "mqtt://me@b"\nusername = "x"', "line 3: broker.username: broker.url names a user already"),
        ('url = "mqtt://b"\npassword = "x"', "line 3: broker.password: expected broker.username beside it"),
        ('url = "mqtt://me:x@b"\npassword = "y"', "line 3: broker.password: there is another password"),
        (
            'url = "mqtt://me@b"\npassword = "y"\npassword_file = "/proc/version"',
            "line 4: broker.password_file: there is another password",
        ),
    ],
)
def test_settings_of_the_broker_that_contradict_each_other_are_named(file: Path, text: str, problem: str) -> None:
    (found,) = problems(file, f"[broker]\n{text}\n")

    assert found.startswith(problem)


# What is wrong


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("relay.port = 'eighty'", 'line 1: relay.port: expected a whole number from 0 to 65535, got "eighty"'),
        ("relay.port = 65536", "line 1: relay.port: expected a whole number from 0 to 65535, got 65536"),
        ("relay.port = 80.0", "line 1: relay.port: expected a whole number from 0 to 65535, got 80.0"),
        ("relay.port = true", "line 1: relay.port: expected a whole number from 0 to 65535, got true"),
        ("relay.host = ''", 'line 1: relay.host: expected an address or the name of a host, got ""'),
        ("\n[home]\nlanguage = 'de'", 'line 3: home.language: expected "auto", "ko" or "en", got "de"'),
        ("demo = 1", "line 1: demo: expected true or false, got 1"),
        ('home.name = "a\\u202eb"', "line 1: home.name: expected a text of at most 64 characters"),
        ("home.name = '" + "x" * 65 + "'", 'line 1: home.name: expected a text of at most 64 characters, got "xxx'),
        ("home.discovery_prefix = 'a/#'", "line 1: home.discovery_prefix: expected an MQTT topic without wildcards"),
        ("relay.allowed_origins = 'x'", "line 1: relay.allowed_origins: expected a list of origins"),
        ("relay.allowed_origins = ['https://x/path']", "line 1: relay.allowed_origins: expected a list of origins"),
        ("relay.allowed_origins = [1]", "line 1: relay.allowed_origins: expected a list of origins"),
        ("relay.names = ['wall_1']", "line 1: relay.names: expected a list of host names"),
        ("relay.names = ['https://wall']", "line 1: relay.names: expected a list of host names"),
        ("tls.port = 65536", "line 1: tls.port: expected a whole number from 0 to 65535"),
        ("tls.cert_file = 'gone.pem'", "line 1: tls.cert_file: expected the path of a file that can be read"),
        ("tls.cert_file = 'wall.toml'", "line 1: tls.cert_file: expected tls.key_file beside it"),
        ("tls.key_file = 'wall.toml'", "line 1: tls.key_file: expected tls.cert_file beside it"),
        ("update.url = 'https://r.example/i'", "line 1: update.url: expected update.public_key beside it"),
        (f"update.public_key = '{PUBLIC_KEY}'", "line 1: update.public_key: expected update.url beside it"),
        ("update.public_key = 'c2hvcnQ='", "line 1: update.public_key: expected an Ed25519 public key, 32 bytes in"),
        ("update.channel = 'nightly'", 'line 1: update.channel: expected "stable" or "beta"'),
        ("update.url = 'http://r.example/i'", 'line 1: update.url: expected an address that begins with "https://"'),
        ("update.url = 'http://127.0.0.1.r.example/i'", "line 1: update.url: expected an address that begins"),
        ("update.url = 'ftp://r.example/i'", "line 1: update.url: expected an address that begins"),
        ("update.url = 'https:///i'", "line 1: update.url: expected an address that begins"),
        ("update.url = 'https://me:hush@r.example/i'", "line 1: update.url: expected an address that begins"),
        ("history.max_days = 0", "line 1: history.max_days: expected a whole number from 1 to 3650, got 0"),
        ("broker.url = 'mqtts://b'\nbroker.ca_file = 'gone'", "line 2: broker.ca_file: expected the path of a file"),
        ("relay = 8080", "line 1: relay: expected a table, written [relay]"),
        ("[relay.port]\nx = 1", "line 1: relay.port: expected a whole number"),
        ("[relay]\nprot = 1", "line 2: relay.prot: there is no such setting; did you mean relay.port?"),
        ("[rely]\nport = 1", "line 1: rely: there is no such setting"),
        ("kiosk = true", "line 1: kiosk: there is no such setting; did you mean panel.kiosk?"),
        ("[xyzzy]", "line 1: xyzzy: there is no such setting"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_line_and_what_was_expected(file: Path, text: str, problem: str) -> None:
    (found,) = problems(file, text)

    assert found.startswith(problem)


def test_all_wrong_settings_are_named_together_each_on_a_line(file: Path) -> None:
    found = problems(
        file, "[relay]\nport = 'x'\n\n[history]\nmax_mb = 0\nmax = 1\n", INTERCOM_DEMO="maybe", INTERCOM_RELAY_PROT="1"
    )

    assert [line.split(": expected")[0].split(": there")[0] for line in found] == [
        "line 6: history.max",
        "INTERCOM_RELAY_PROT",
        "line 2: relay.port",
        "line 5: history.max_mb",
        "INTERCOM_DEMO",
    ]


def test_a_wrong_setting_is_named_even_when_another_wins(file: Path) -> None:
    assert len(problems(file, "relay.port = 'x'", INTERCOM_RELAY_PORT="80")) == 1


@pytest.mark.parametrize(
    ("flags", "environ", "problem"),
    [
        (Flags(port="http"), {}, '--port: expected a whole number from 0 to 65535, got "http"'),
        (Flags(host=""), {}, '--host: expected an address or the name of a host, got ""'),
        (Flags(log_level="loud"), {}, '--log-level: expected "debug", "info", "warning" or "error", got "loud"'),
        (Flags(), {"INTERCOM_RELAY_PORT": "8O80"}, "INTERCOM_RELAY_PORT: expected a whole number"),
        (Flags(), {"INTERCOM_RELAY_PORT": "٣"}, "INTERCOM_RELAY_PORT: expected a whole number"),
        (Flags(), {"INTERCOM_HEADLESS": "yes"}, 'INTERCOM_HEADLESS: expected true or false, got "yes"'),
        (Flags(), {"INTERCOM_PORT": "1"}, "INTERCOM_PORT: there is no such variable; did you mean INTERCOM_"),
        (Flags(config="/nowhere/x.toml"), {}, "/nowhere/x.toml: No such file or directory"),
        (Flags(), {"INTERCOM_CONFIG": "/proc"}, "/proc: Is a directory"),
        (Flags(data_dir="~nobody-at-all/x"), {}, "--data-dir: expected the path of a folder"),
    ],
)
def test_a_wrong_flag_or_variable_is_named(flags: Flags, environ: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load(flags, environ)

    assert str(refusal.value).startswith(problem)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[relay]\nport = \n", "line 2: invalid value"),
        (b"[relay\n", "line 1: expected ']' at the end of a table declaration"),
        (b"[relay]\nport = 1\nport = 2\n", "line 3: cannot overwrite a value"),
        (b'[home]\nname = """never\nending\n', "line 3: unterminated string"),
        (b"[home]\r\nname = 'x'\r\n\xff\r\n", "line 3: expected text in UTF-8"),
    ],
)
def test_broken_toml_is_named_with_its_line(file: Path, content: bytes, problem: str) -> None:
    file.write_bytes(content)

    with pytest.raises(ConfigError) as refusal:
        load(Flags(config=str(file)), {})

    assert str(refusal.value).startswith(f"{file}, {problem}")
    assert "\n" not in str(refusal.value)


def test_a_file_may_begin_with_a_byte_order_mark_and_have_windows_line_ends(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[relay]\r\nport = 1\r\n\r\nprot = 2\r\n")

    with pytest.raises(ConfigError, match=r"line 4: relay\.prot"):
        load(Flags(config=str(file)), {})


@pytest.mark.parametrize("key", ["password", "url", "password_file"])
def test_a_secret_is_never_in_a_message(file: Path, key: str) -> None:
    for value in ('"hunter2\\u0000"', '["hunter2"]'):
        (found,) = problems(file, f'[broker]\nusername = "x"\n{key} = {value}\n')

        assert found.startswith(f"line 3: broker.{key}: expected")
        assert "hunter2" not in found


def test_a_password_in_the_address_of_the_index_is_refused_and_not_shown(file: Path) -> None:
    (found,) = problems(file, "update.url = 'https://me:hunter2@r.example/i'")

    assert found.startswith("line 1: update.url: expected")
    assert "hunter2" not in found


HARMLESS = st.sampled_from(
    [
        "",
        "# relay.port = 'not this one'",
        "    ",
        'home.name = """\nrelay.port = 1\n[relay]\nport = 1\n"""',
        "home.discovery_prefix = '''\nx\n'''",
        "relay.allowed_origins = [\n  # port = 1\n  'port = 1',\n\n]",
        'broker.username = "\\"relay.port = 1"',
    ]
)
MISTAKES = st.sampled_from(
    [
        ("relay.port = 'x'", 0),
        ("relay . 'port' = [\n1,\n]", 0),
        ("[relay]\nport = 'x'", 1),
        ('["relay"] # port = 1\n\n"port" = 0x1_0000', 2),
        ("relay = { host = 'h', port = 'x' }", 0),
    ]
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=st.lists(HARMLESS, unique=True), mistake=MISTAKES, after=st.lists(HARMLESS, unique=True))
def test_a_mistake_is_found_on_its_line_wherever_it_stands(
    file: Path, before: list[str], mistake: tuple[str, int], after: list[str]
) -> None:
    wrong, lines_into_it = mistake
    text = "\n".join([*before, wrong, "[broker]", *after])
    assume(is_toml(text))

    found = problems(file, text)

    line = "\n".join([*before, wrong]).count("\n") - wrong.count("\n") + lines_into_it + 1
    assert f"line {line}: relay.port" in [each.split(": expected")[0] for each in found]


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


# The document


def test_every_setting_is_documented_with_its_default() -> None:
    document = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    document = document.split("## Settings")[1].split("## ")[0]
    rows = [line.split("|") for line in document.splitlines() if line.startswith("| `")]
    documented = {name: row[2].strip().strip("`") for row in rows for name in re.findall(r"`([a-z_.]+)`", row[1])}
    defaults = Config(path=None, data_dir=Path())

    for section in ("home", "relay", "tls", "broker", "beacon", "history", "update", "panel"):
        values = getattr(defaults, section)
        for each in fields(values):
            default = getattr(values, each.name)
            shown = {"": "empty", (): "none", None: "none", True: "true", False: "false"}.get(default, str(default))
            assert documented[f"{section}.{each.name}"] == shown
    outside = {f"broker.{each.name}" for each in fields(OutsideBroker)} - {"broker.is_tls"}
    assert outside < documented.keys()
    for name in documented:
        with pytest.raises(ConfigError) as refusal:
            load(Flags(), {f"INTERCOM_{name.upper().replace('.', '_')}": "\0"})
        assert "there is no such variable" not in str(refusal.value)
