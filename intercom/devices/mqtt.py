"""The link: our standing connection to a broker, embedded or outside.

Knows topics and bytes, not what they mean: discovery and the switches stand on top of it. It connects again for ever,
tells when it went down and why, and refuses at once to publish while it is down.

A link's life: connect (`mqtt_connection`) → all subscriptions in few packets → `on_up` → messages → lost → `on_down` →
wait a little, by chance → connect. No task lives outside `run()`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Final, Never

from intercom.devices import mqtt_packets as packets
from intercom.devices.backoff import Backoff
from intercom.devices.mqtt_connection import BrokerRefusesError, Connection, LinkSettings
from intercom.devices.mqtt_packets import Publish, QoS
from intercom.home.errors import LinkDownError

RETRY_FIRST_S: Final = 0.1
RETRY_CAP_S: Final = 1.0
"""States must be right again within 2 s of the broker's return, so no wait is longer than half of that."""
REFUSED_RETRY_S: Final = 10.0
"""A broker that says no is not asked again every second: some ban for that."""
STEADY_AFTER_S: Final = 5.0
"""A link that held this long starts again from the shortest wait when it is lost."""

_log = logging.getLogger(__name__)


class MqttLink:
    """One broker, connected to for as long as `run()` runs.

    Methods and callbacks belong to the loop's thread.

    Attributes:
        on_message: called with topic, payload, and whether the broker had kept the message, in the order of arrival.
            An exception in it is logged and costs that message alone.
        on_up: called after each connection; the subscriptions have been sent, the kept messages follow.
        on_down: called with the reason, and since when by the clock, as soon as the link is lost or no broker is
            found, and again whenever the reason changes.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        on_message: Callable[[str, bytes, bool], None],
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[LinkDownError, float], None] = lambda reason, since: None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.on_message = on_message
        self.on_up = on_up
        self.on_down = on_down
        self._settings = settings
        self._clock = clock
        self._retry = Backoff(first_s=RETRY_FIRST_S, cap_s=RETRY_CAP_S, random=chance)
        self._refused_retry = Backoff(first_s=REFUSED_RETRY_S, cap_s=REFUSED_RETRY_S, random=chance)
        self._filters: dict[str, None] = {}
        self._unsent_filters: dict[str, None] = {}
        self._connection: Connection | None = None
        self._trouble = LinkDownError("The link to the broker has not been started.")
        self._down_since = clock()

    @property
    def trouble(self) -> LinkDownError | None:
        """Why the link is down, fit to be shown; None while it is up."""
        return self._trouble if self._connection is None else None

    @property
    def down_since(self) -> float | None:
        """Since when by the clock; None while the link is up."""
        return self._down_since if self._connection is None else None

    def subscribe(self, *topic_filters: str) -> None:
        """Ask for messages now, if the link is up, and after each connection from now on.

        Filters asked for within one pass of the loop travel together. All are asked for at QoS 0: what changed while
        the link was down comes as kept messages, and a bell that rang an hour ago must not ring now.

        Raises:
            InvalidInputError: one of them is no topic filter; none is taken.
        """
        for topic_filter in topic_filters:
            packets.checked_filter(topic_filter)
        fresh = {topic_filter: None for topic_filter in topic_filters if topic_filter not in self._filters}
        self._filters |= fresh
        if self._connection is not None and fresh:
            if not self._unsent_filters:
                asyncio.get_running_loop().call_soon(self._send_filters)
            self._unsent_filters |= fresh

    def unsubscribe(self, *topic_filters: str) -> None:
        """Give up filters; those that were not asked for are ignored."""
        sent = []
        for topic_filter in topic_filters:
            if topic_filter in self._filters:
                del self._filters[topic_filter]
                if topic_filter in self._unsent_filters:
                    del self._unsent_filters[topic_filter]
                else:
                    sent.append(topic_filter)
        if self._connection is not None:
            for batch in packets.in_batches(sent):
                self._connection.unsubscribe(batch)

    def publish(self, topic: str, payload: bytes | str, *, qos: QoS = 0, retain: bool = False) -> None:
        """Hand a message to the broker.

        With QoS 1 or 2 the broker answers, but nothing is sent again after a reconnection: a late command is worse
        than a lost one.

        Raises:
            LinkDownError: the link is down, or the broker has stopped reading; nothing was sent.
            InvalidInputError: the topic is none.
        """
        if self._connection is None:
            raise LinkDownError(str(self._trouble))
        if self._unsent_filters:
            self._send_filters()  # an answer to this message may come on one of them
        self._connection.publish(topic, payload.encode() if isinstance(payload, str) else payload, qos, retain=retain)

    async def run(self) -> Never:
        """Connect and stay connected until cancelled; then tell the broker that we leave."""
        self._down_since = self._clock()
        try:
            while True:
                delay_s = await self._connect_and_stay()
                await asyncio.sleep(delay_s)
        finally:
            self._trouble = LinkDownError("The link to the broker has been stopped.")

    async def _connect_and_stay(self) -> float:
        """Live through one connection; returns the seconds to wait before the next."""
        loop = asyncio.get_running_loop()
        connection = Connection(self._settings, receive=self._receive, refused=self._warn_of_refused)
        try:
            await connection.open()
            up_at = loop.time()
            self._go_up(connection)
            reason = await connection.watch()
            if loop.time() - up_at >= STEADY_AFTER_S:
                self._retry.reset()
            self._go_down(LinkDownError(reason))
        except BrokerRefusesError as error:
            self._go_down(LinkDownError(str(error)))
            return self._refused_retry.next_s()
        except LinkDownError as error:
            self._go_down(error)
        finally:
            self._connection = None
            await connection.close()
        return self._retry.next_s()

    def _go_up(self, connection: Connection) -> None:
        _log.info("the link to the broker at %s is up", self._settings.place)
        self._connection = connection
        self._unsent_filters = dict(self._filters)
        self._send_filters()
        self.on_up()

    def _go_down(self, reason: LinkDownError) -> None:
        if self._connection is not None:
            self._connection = None
            self._down_since = self._clock()
        elif str(self._trouble) == str(reason):
            return
        _log.info("the link to the broker is down: %s", reason)
        self._trouble = reason
        self.on_down(reason, self._down_since)

    def _send_filters(self) -> None:
        unsent, self._unsent_filters = self._unsent_filters, {}
        if self._connection is not None:
            for batch in packets.in_batches(unsent):
                self._connection.subscribe(batch)

    def _warn_of_refused(self, topic_filters: list[str]) -> None:
        _log.warning("the broker refuses subscriptions: %s", ", ".join(topic_filters))

    def _receive(self, message: Publish) -> None:
        try:
            self.on_message(message.topic, message.payload, message.retain)
        except Exception:
            # One message that we stumble over must not cost the home all its devices: raised through the transport
            # it would end the connection, and a kept one would end every next connection too.
            _log.exception("a message on %s could not be handled", message.topic)
