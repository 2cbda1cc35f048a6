"""A client of the relay, as small as one can be: HTTP, and Socket.IO by polling for what a further screen is shown."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """What the relay answered; `said` is JSON, or text where it is none."""

    status: int
    said: Any
    headers: Mapping[str, str]


@dataclass
class RelayClient:
    """Speaks to the relay with one session's access token."""

    url: str
    session_id: str = ""
    token: str = field(default="", repr=False)

    def ask(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Make a request; a path that begins with a slash is taken as it is, others are below /api/v1."""
        url = self.url + (path if path.startswith("/") else f"/api/v1/{path}")
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers=sent | dict(headers or {}), method=method)
        try:
            with _OPENER.open(request, timeout=10) as response:
                return _answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())

    def get(self, path: str) -> Any:
        """What the relay tells; fails on a refusal."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.said

    def devices(self) -> dict[str, Any]:
        """All devices, by the names that residents see."""
        return {device["name"]: device for device in self.get("devices")["devices"]}

    def command(self, name: str, command: Mapping[str, Any]) -> Answer:
        """Ask a device to change."""
        device_id = urllib.parse.quote(self.devices()[name]["id"], safe="")
        return self.ask("POST", f"devices/{device_id}/command", {"command": command})


class CodeScreen:
    """A further screen of the home: the relay shows it the codes that the wall shows."""

    def __init__(self, client: RelayClient) -> None:
        self._path = "/socket.io/?EIO=4&transport=polling"
        self._url = client.url
        self._client = RelayClient(client.url)
        opened = self._packets()
        sid = json.loads(opened[0].removeprefix("0"))["sid"]
        self._path += f"&sid={sid}"
        self._send("40" + json.dumps({"token": client.token}))
        self._seen: list[str] = []
        while not any(packet.startswith("40") for packet in self._seen):
            self._seen = self._packets()

    def next_code(self) -> str:
        """Wait for the next code that is shown."""
        while True:
            for packet in self._seen:
                if packet.startswith("42"):
                    event, code = json.loads(packet.removeprefix("42"))
                    assert event == "code"
                    self._seen.remove(packet)
                    return str(code)
                if packet == "2":
                    self._send("3")
            self._seen = self._packets()

    def _packets(self) -> list[str]:
        return str(self._client.get(self._path)).split("\x1e")

    def _send(self, packet: str) -> None:
        data = packet.encode()
        request = urllib.request.Request(self._url + self._path, data=data, headers={"Content-Type": "text/plain"})
        with _OPENER.open(request, timeout=10) as response:
            assert response.status == 200


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    is_json = headers.get_content_type() == "application/json"
    return Answer(status, json.loads(body) if is_json else body.decode(), dict(headers.items()))
