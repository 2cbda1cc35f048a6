"""A phone as far as the check of the Debian package needs one: it pairs, watches a tile, and comes back later.

    python packaging/debian/client.py URL FILE pair SCREEN     pair; SCREEN is the access token of a further screen,
                                                               which is shown the code as the wall is
    python packaging/debian/client.py URL FILE watch BROKER    see a lamp change that is switched over MQTT; BROKER is
                                                               what `intercom broker` prints
    python packaging/debian/client.py URL FILE return          be let in once more, without a code

FILE keeps what the phone keeps. What goes wrong ends in a traceback.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import socketio

PATIENCE_S = 30

Kept = dict[str, Any]


async def post(url: str, body: object) -> Any:
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
        said = await answer.json()
        assert answer.status in (200, 201), said
        return said


async def pair(url: str, screen_token: str) -> Kept:
    codes: asyncio.Queue[str] = asyncio.Queue()
    screen = socketio.AsyncClient(reconnection=False)
    screen.on("code", codes.put)
    await screen.connect(url, auth={"token": screen_token}, transports=["websocket"])
    asked = await post(f"{url}/api/v1/pairing", {"name": "Phone"})
    code = await codes.get()
    await screen.disconnect()
    given = {"secret": asked["secret"], "code": code, "native": True}
    return await post(f"{url}/api/v1/pairing/{asked['request_id']}", given)


async def watch(url: str, kept: Kept, broker: str) -> Kept:
    told = dict(line.split(": ", 1) for line in broker.strip().splitlines())

    def publish(topic: str, payload: str) -> None:
        place = ["-h", "127.0.0.1", "-p", told["port"], "-u", told["user"], "-P", told["password"]]
        subprocess.run(["mosquitto_pub", *place, "-r", "-q", "1", "-t", topic, "-m", payload], check=True, timeout=10)

    changes: asyncio.Queue[Any] = asyncio.Queue()
    phone = socketio.AsyncClient(reconnection=False)
    phone.on("changes", changes.put)
    await phone.connect(url, auth={"token": kept["access_token"]}, transports=["websocket"])
    await phone.call("watch", {})
    lamp = {"unique_id": "hall", "name": "Hall lamp", "command_topic": "hall/set", "state_topic": "hall/state"}
    publish("homeassistant/switch/hall/config", json.dumps(lamp))
    while "Hall lamp" not in json.dumps(await changes.get()):
        pass
    publish("hall/state", "ON")
    while '"on": true' not in json.dumps(await changes.get()).lower():
        pass
    await phone.disconnect()
    return kept


async def come_back(url: str, kept: Kept) -> Kept:
    asked = {"refresh_credential": kept["refresh_credential"]}
    kept = await post(f"{url}/api/v1/session/refresh", asked)
    headers = {"Authorization": f"Bearer {kept['access_token']}"}
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/v1/devices", headers=headers) as answer:
        assert "Hall lamp" in await answer.text()
    return kept


async def act(url: str, kept: Kept, what: str, *more: str) -> Kept:
    async with asyncio.timeout(PATIENCE_S):
        match what:
            case "pair":
                return await pair(url, *more)
            case "watch":
                return await watch(url, kept, *more)
            case "return":
                return await come_back(url, kept)
            case _:
                raise SystemExit(f"expected pair, watch or return, got {what}")


def main(url: str, file: str, *what: str) -> None:
    path = Path(file)
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(asyncio.run(act(url, kept, *what))))


if __name__ == "__main__":
    main(*sys.argv[1:])
