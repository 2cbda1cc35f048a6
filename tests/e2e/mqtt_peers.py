"""The MQTT world outside the program: Mosquitto as a broker, and its command line clients as devices and onlookers."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.until import until
from tests.integration.brokers import free_port, mosquitto_binary


@dataclass(frozen=True)
class Broker:
    """Where a broker is, and how it is spoken to."""

    port: int
    user: str = ""
    password: str = ""

    @property
    def arguments(self) -> list[str]:
        """For Mosquitto's clients."""
        place = ["-h", "127.0.0.1", "-p", str(self.port)]
        return place + (["-u", self.user, "-P", self.password] if self.user else [])

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        """Say something; what is no text is sent as JSON."""
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        flags = ["-r"] if retain else []
        told = ["mosquitto_pub", *self.arguments, *flags, "-q", "1", "-t", topic, "-m", text]
        subprocess.run(told, check=True, timeout=10)


class Onlooker:
    """Hears everything that is said at a broker, from `start` to `stop`."""

    def __init__(self, broker: Broker, *, hear: Callable[[str, str], None] | None = None) -> None:
        """`hear` is called with each topic and payload, in a thread."""
        self.heard: list[tuple[str, str]] = []
        self._broker = broker
        self._hear = hear
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        """Return once it hears."""
        listening = ["mosquitto_sub", *self._broker.arguments, "-F", "%x %t", "-t", "#"]
        self._process = subprocess.Popen(listening, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._thread.start()
        until(self._hears_itself, "the onlooker hears")

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._thread.join(5)
        self._process.wait(5)

    def said(self, topic: str) -> list[str]:
        """What was said on a topic."""
        return [payload for name, payload in list(self.heard) if name == topic]

    def forget(self) -> None:
        """Hear as if nothing had been said."""
        self.heard.clear()

    def _hears_itself(self) -> bool:
        self._broker.publish("onlooker", "is anybody there?")
        return bool(self.said("onlooker"))

    def _listen(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                octets, _, topic = line.rstrip("\n").partition(" ")
                payload = bytes.fromhex(octets).decode(errors="replace")
                self.heard.append((topic, payload))
                if self._hear is not None:
                    self._hear(topic, payload)


class Lamp:
    """A lamp as somebody might plug in: announces itself, keeps its state at the broker, obeys."""

    def __init__(self, broker: Broker, key: str, *, name: str, area: str) -> None:
        self._broker = broker
        self._base = f"test/{key}"
        self._key, self._name, self._area = key, name, area
        self._ears = Onlooker(broker, hear=self._hear)

    def plug_in(self, *, on: bool = False) -> None:
        """Say who it is and how it is, and listen."""
        self.announce()
        self.be(on=on)
        self._ears.start()

    def announce(self) -> None:
        """Say who it is."""
        self._broker.publish(
            f"homeassistant/light/{self._key}/config",
            {
                "name": None,
                "unique_id": self._key,
                "state_topic": self._base,
                "command_topic": f"{self._base}/set",
                "device": {"identifiers": [self._key], "name": self._name, "suggested_area": self._area},
            },
            retain=True,
        )

    def pull_out(self) -> None:
        """Fall silent; what it said last stays with the broker."""
        self._ears.stop()

    def be(self, *, on: bool) -> None:
        """Be on or off, and say so."""
        self._broker.publish(self._base, "ON" if on else "OFF", retain=True)

    def _hear(self, topic: str, payload: str) -> None:
        if topic == f"{self._base}/set":
            self.be(on=payload == "ON")


class OldSwitch:
    """A switch of the ancestor's kind: introduces itself, says how it is, and toggles when told a number."""

    def __init__(self, broker: Broker, *, host: str, name: str, way: int) -> None:
        self.actions: list[str] = []
        self._broker = broker
        self._host, self._name, self._way = host, name, way
        self._digits = "0" * way
        self._ears = Onlooker(broker, hear=self._hear)

    def plug_in(self) -> None:
        self._ears.start()
        self.introduce()
        self.press(self._digits)

    def pull_out(self) -> None:
        self._ears.stop()

    def introduce(self) -> None:
        """Say who it is."""
        said = {"device_host": self._host, "device_name": self._name, "device_way": self._way}
        self._broker.publish("regist", said)

    def press(self, digits: str) -> None:
        """Be as somebody's hand set it, one digit for each switch, and say so."""
        self._digits = digits
        said = {"device_host": self._host, "device_state": digits.ljust(4, "0"), "device_way": self._way}
        self._broker.publish("state", said)

    def _hear(self, topic: str, payload: str) -> None:
        if topic == f"{self._host}/action":
            self.actions.append(payload)
            at = int(payload) - 1
            toggled = "0" if self._digits[at] == "1" else "1"
            self.press(self._digits[:at] + toggled + self._digits[at + 1 :])


class Mosquitto:
    """An outside broker that forgets everything when it is killed; `start` and `kill` as often as one likes."""

    def __init__(self, folder: Path) -> None:
        self.broker = Broker(free_port())
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.broker.port} 127.0.0.1\nallow_anonymous true\nlog_dest none\n")
        self._process: subprocess.Popen[bytes] | None = None
        assert shutil.which("mosquitto_pub"), "Mosquitto's clients are not installed"

    def start(self) -> None:
        """Return once it answers."""
        self._process = subprocess.Popen([mosquitto_binary(), "-c", str(self._config)])
        until(self._answers, "Mosquitto answers")

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(5)

    def _answers(self) -> bool:
        told = ["mosquitto_pub", *self.broker.arguments, "-t", "onlooker", "-m", "hello"]
        return subprocess.run(told, stderr=subprocess.DEVNULL, check=False, timeout=5).returncode == 0
