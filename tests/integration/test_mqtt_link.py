"""The link against a real Mosquitto: up, down, frozen, back; floods; refusals; TLS."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from intercom.devices import mqtt_connection
from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_connection import LinkSettings, Tls
from intercom.devices.mqtt_packets import Publish
from intercom.home.errors import InvalidInputError, LinkDownError
from tests.integration.brokers import PASSWORD, USER, Mosquitto, free_port
from tests.integration.listening import listening


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path) as running:
        yield running


def known_to(broker: Mosquitto, client_id: str) -> LinkSettings:
    return LinkSettings(host="127.0.0.1", port=broker.port, user=USER, password=PASSWORD, client_id=client_id)


async def test_a_message_reaches_who_asked_for_it_and_a_kept_one_is_marked(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "sender")) as sender, listening(known_to(broker, "a"), "t/#") as early:
        sender.link.publish("t/현관", "열림", retain=True)
        await early.until(lambda: len(early.heard) == 1)
        async with listening(known_to(broker, "b"), "t/+") as late:
            await late.until(lambda: len(late.heard) == 1)

        assert early.heard == [("t/현관", "열림".encode(), False)]
        assert late.heard == [("t/현관", "열림".encode(), True)]


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_messages_of_every_quality_arrive_once_and_in_order(broker: Mosquitto, qos: int) -> None:
    async with listening(known_to(broker, "ear"), "n/#") as ear, listening(known_to(broker, "mouth")) as mouth:
        for n in range(300):
            mouth.link.publish(f"n/{n}", str(n), qos=qos)  # type: ignore[arg-type]
        await ear.until(lambda: len(ear.heard) >= 300)

        assert [payload for _, payload, _ in ear.heard] == [str(n).encode() for n in range(300)]


async def test_a_flood_of_kept_messages_arrives_whole_while_the_loop_keeps_running(tmp_path: Path) -> None:
    last = "homeassistant/sensor/4999/config"
    async with (
        Mosquitto(tmp_path, extra="max_queued_messages 0") as broker,
        listening(known_to(broker, "m"), last) as mouth,
    ):
        for n in range(5_000):
            mouth.link.publish(f"homeassistant/sensor/{n}/config", b"x" * 300, retain=True)
            if n % 500 == 0:
                await asyncio.sleep(0.01)
        await mouth.until(lambda: len(mouth.heard) == 1)
        async with listening(known_to(broker, "ear"), "homeassistant/#") as ear:
            await ear.until(lambda: len(ear.heard) == 5_000)

            assert len({topic for topic, _, _ in ear.heard}) == 5_000
            assert all(retain for _, _, retain in ear.heard)


async def test_a_flood_is_handled_in_slices(broker: Mosquitto) -> None:
    passes: list[int] = []
    heard = 0

    def count(topic: str, payload: bytes, retain: bool) -> None:
        nonlocal heard
        heard += 1
        until = time.perf_counter() + 0.000_2
        while time.perf_counter() < until:
            pass

    async with listening(known_to(broker, "mouth")) as mouth, listening(known_to(broker, "ear"), "n/#") as ear:
        ear.link.on_message = count
        for _ in range(1_000):
            mouth.link.publish("n/1", b"x" * 200)
        async with asyncio.timeout(10):
            while heard < 1_000:
                passes.append(heard)
                await asyncio.sleep(0)

    between = [after - before for before, after in pairwise(passes)]
    assert max(between) < 100  # 1,000 messages of 0.2 ms, never more than some slices of 2 ms without a pause


async def test_filters_asked_for_later_and_given_up_again_are_obeyed(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "ear"), "kept") as ear, listening(known_to(broker, "mouth")) as mouth:
        ear.link.subscribe("a", "b", "a")
        ear.link.unsubscribe("b", "never asked for")
        mouth.link.publish("a", "first", retain=True)
        await ear.until(lambda: len(ear.heard) == 1)
        ear.link.unsubscribe("a")
        ear.link.subscribe("c")
        ear.link.publish("a", "second")
        ear.link.publish("b", "third")
        ear.link.publish("c", "fourth")
        await ear.until(lambda: ("c", b"fourth", False) in ear.heard)

        assert [payload for _, payload, _ in ear.heard] == [b"first", b"fourth"]


async def test_thousands_of_filters_are_asked_for_again_after_a_reconnection(broker: Mosquitto) -> None:
    filters = [f"zigbee2mqtt/device number {n}/state" for n in range(3_000)]
    async with listening(known_to(broker, "ear"), *filters) as ear:
        await broker.kill()
        await ear.until(lambda: ear.link.trouble is not None)
        await broker.start()
        await ear.until(lambda: ear.ups == 2)
        ear.link.publish(filters[-1], "here")
        ear.link.publish(filters[0], "and here")
        await ear.until(lambda: len(ear.heard) == 2)


async def test_a_broken_filter_is_refused_and_costs_nothing(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "ear"), "a") as ear:
        with pytest.raises(InvalidInputError):
            ear.link.subscribe("b", "a/#/b")
        ear.link.subscribe("b")
        ear.link.publish("b", "still here")
        await ear.until(lambda: len(ear.heard) == 1)


async def test_without_a_broker_a_publish_fails_at_once_and_says_why(broker: Mosquitto) -> None:
    await broker.kill()
    async with listening(known_to(broker, "ear"), once="started") as ear:
        await ear.until(lambda: len(ear.downs) > 0)

        with pytest.raises(LinkDownError, match=f"No broker listens at 127.0.0.1:{broker.port}"):
            ear.link.publish("a", "b")
    await broker.start()


async def test_a_link_not_running_refuses_to_publish() -> None:
    link = MqttLink(LinkSettings(host="127.0.0.1", client_id="x"), on_message=lambda topic, payload, retain: None)

    with pytest.raises(LinkDownError):
        link.publish("a", "b")


async def test_states_are_right_again_within_two_seconds_of_the_brokers_return(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "ear"), "state") as ear:
        ear.now = 2_000.0
        await broker.kill()
        await ear.until(lambda: len(ear.downs) > 0)
        ear.now = 2_005.0
        await ear.until(lambda: ear.downs[-1][0].startswith("No broker listens"))
        assert ear.link.down_since == 2_000.0
        assert {since for _, since in ear.downs} == {2_000.0}
        await asyncio.sleep(3)  # not for luck: the waits between tries must have grown to their cap

        await broker.start()
        async with listening(known_to(broker, "mouth")) as mouth:
            mouth.link.publish("state", "ON", retain=True)
            started_at = asyncio.get_running_loop().time()
            await ear.until(lambda: len(ear.heard) == 1)

        assert asyncio.get_running_loop().time() - started_at < 2
        assert ear.link.down_since is None
        assert ear.ups == 2


async def test_a_frozen_broker_is_noticed_and_greeted_when_it_thaws(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_connection, "PING_EVERY_S", 0.2)
    async with listening(known_to(broker, "ear"), "a") as ear:
        broker.freeze()
        await ear.until(lambda: len(ear.downs) > 0, within_s=2)
        assert ear.downs[0][0] == "The broker has stopped answering."

        broker.thaw()
        await ear.until(lambda: ear.ups == 2)
        ear.link.publish("a", "b")
        await ear.until(lambda: len(ear.heard) == 1)


def test_silence_is_noticed_within_ten_seconds() -> None:
    assert mqtt_connection.PING_EVERY_S * mqtt_connection.SILENT_PINGS <= 10


async def test_a_quiet_link_stays_up(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_connection, "PING_EVERY_S", 0.05)
    async with listening(known_to(broker, "ear")) as ear:
        await asyncio.sleep(0.5)

        assert (ear.ups, ear.downs) == (1, [])


async def test_a_broker_that_stops_reading_is_not_sent_more(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "mouth")) as mouth:

        def talk_without_end() -> None:
            for _ in range(10_000):
                mouth.link.publish("a", b"x" * 10_000)

        broker.freeze()
        with pytest.raises(LinkDownError, match="stopped reading"):
            talk_without_end()
        broker.thaw()


async def test_the_brokers_word_about_us_is_online_then_offline_however_we_leave(broker: Mosquitto) -> None:
    async with listening(known_to(broker, "watcher"), "intercom/status") as watcher:
        polite = replace(known_to(broker, "polite"), status_topic="polite")
        rude = replace(known_to(broker, "rude"), status_topic="rude")
        watcher.link.subscribe("polite", "rude")
        async with listening(polite):
            await watcher.until(lambda: ("polite", b"online", False) in watcher.heard)
        await watcher.until(lambda: ("polite", b"offline", False) in watcher.heard)
        async with listening(rude):
            await watcher.until(lambda: ("rude", b"online", False) in watcher.heard)
            async with listening(replace(rude, status_topic="thief")):  # the same client id: the broker cuts the older
                await watcher.until(lambda: ("rude", b"offline", False) in watcher.heard)


async def test_stopping_takes_less_than_half_a_second_even_from_a_frozen_broker(broker: Mosquitto) -> None:
    loop = asyncio.get_running_loop()
    async with listening(known_to(broker, "ear")):
        broker.freeze()
        started_at = loop.time()

    assert loop.time() - started_at < 0.5
    broker.thaw()


async def test_stopping_while_nobody_answers_is_quick() -> None:
    loop = asyncio.get_running_loop()
    async with listening(LinkSettings(host="127.0.0.1", port=free_port(), client_id="x"), once="started") as ear:
        await ear.until(lambda: len(ear.downs) > 0)
        started_at = loop.time()

    assert loop.time() - started_at < 0.5


async def test_wrong_password_is_told_in_words(broker: Mosquitto) -> None:
    async with listening(replace(known_to(broker, "x"), password="wrong"), once="started") as ear:
        await ear.until(lambda: len(ear.downs) > 0)

        assert "refuses user name or password" in ear.downs[0][0]
        assert "wrong" not in repr(ear.link._settings)


async def test_an_unknown_host_is_told_in_words() -> None:
    async with listening(LinkSettings(host="no-such-broker.invalid", client_id="x"), once="started") as ear:
        await ear.until(lambda: len(ear.downs) > 0, within_s=20)

        assert "no-such-broker.invalid is not known" in ear.downs[0][0]


async def test_a_server_of_another_kind_is_told_in_words() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n" + b"This is no broker. " * 10)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with listening(LinkSettings(host="127.0.0.1", port=port, client_id="x"), once="started") as ear:
            await ear.until(lambda: len(ear.downs) > 0)

            assert "speaks no MQTT" in ear.downs[0][0]


async def test_a_message_that_we_stumble_over_costs_only_itself(
    broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(known_to(broker, "ear"), "a") as ear:
        stumbling = True

        def stumble(topic: str, payload: bytes, retain: bool) -> None:
            nonlocal stumbling
            if stumbling:
                stumbling = False
                raise ZeroDivisionError
            ear.hear(topic, payload, retain)

        ear.link.on_message = stumble
        ear.link.publish("a", "first")
        ear.link.publish("a", "second")
        await ear.until(lambda: len(ear.heard) == 1)

        assert ear.heard[0][1] == b"second"
        assert ear.ups == 1
        assert "a message on a could not be handled" in caplog.text


async def test_a_refused_subscription_is_named_in_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"x")
        writer.write(packets.connack())
        await reader.readuntil(b"open")
        writer.write(packets.suback(1, [0x80, 0]) + packets.publish(Publish("open", b"")))
        await reader.read()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = LinkSettings(host="127.0.0.1", port=port, client_id="x")
        async with listening(settings, "secret", "open", once="up") as ear:
            await ear.until(lambda: len(ear.heard) == 1)

    assert "the broker refuses subscriptions: secret" in caplog.text


async def test_tls_by_a_known_signer_with_our_own_certificate(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    listener = f"cafile {tmp_path}/ca.pem\ncertfile {tmp_path}/server.pem\nkeyfile {tmp_path}/server.key\n"
    async with Mosquitto(tmp_path, listener=listener + "require_certificate true") as broker:
        trusting = Tls(
            ca_file=tmp_path / "ca.pem", certificate_file=tmp_path / "client.pem", key_file=tmp_path / "client.key"
        )
        async with listening(replace(known_to(broker, "x"), host="localhost", tls=trusting), "a") as ear:
            ear.link.publish("a", b"x" * 100_000)
            await ear.until(lambda: len(ear.heard) == 1)


async def test_tls_of_an_unknown_signer_is_refused_in_words(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    listener = f"certfile {tmp_path}/server.pem\nkeyfile {tmp_path}/server.key\n"
    async with Mosquitto(tmp_path, listener=listener) as broker:
        async with listening(replace(known_to(broker, "x"), tls=Tls()), once="started") as ear:
            await ear.until(lambda: len(ear.downs) > 0)

            assert "is not trusted" in ear.downs[0][0]
        async with listening(
            replace(known_to(broker, "x"), tls=Tls(ca_file=tmp_path / "missing.pem")), once="started"
        ) as ear:
            await ear.until(lambda: len(ear.downs) > 0)

            assert "missing.pem" in ear.downs[0][0]


def make_certificates(folder: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)

    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA"
    )
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for name in ("server", "client"):
        openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            f"/CN={name}",
        )
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-extfile", "names", "-out", f"{name}.pem")  # fmt: skip
