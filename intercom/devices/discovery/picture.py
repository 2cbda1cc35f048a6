"""Pictures: what a camera saw last, sent over MQTT or fetched from an address."""

from __future__ import annotations

import base64
import binascii

from intercom.devices.discovery.entity import Common, Entity
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.update import web_address
from intercom.home.capabilities import Image, ImageState
from intercom.home.errors import InvalidInputError

_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}


class PictureEntity(Entity):
    """The components `image` and `camera`."""

    __slots__ = ("_is_base64", "_media_type")

    def __init__(self, options: Options, common: Common) -> None:
        topic = options.watched("image_topic") or options.watched("topic")
        url_topic = options.watched("url_topic")
        if topic is None and url_topic is None:
            raise options.missing("'topic'" if options.kind == "camera" else "'image_topic' or 'url_topic'")
        super().__init__(options, common, Image(**common.fields()))
        self._is_base64 = options.text("image_encoding") == "b64" or options.text("encoding") == "b64"
        self._media_type = options.text("content_type")
        self.watch_raw(topic, self._read_picture)
        self.watch(url_topic, options.template("url_template"), self._read_url)

    def _read_picture(self, message: Message) -> None:
        data = message.raw.encode("latin-1", "replace") if isinstance(message.raw, str) else message.raw
        if self._is_base64:
            try:
                data = base64.b64decode(data, validate=False)
            except (binascii.Error, ValueError):
                raise InvalidInputError("expected a picture in base64") from None
        media_type = self._media_type or next(
            (kind for start, kind in _TYPES.items() if data.startswith(start)), "image/jpeg"
        )
        self.state = ImageState(taken_at=self.heard_at, media_type=media_type, data=data)

    def _read_url(self, text: str) -> None:
        url = web_address(text)
        if url is None:
            raise InvalidInputError(f"expected an http address, got {text[:60]!r}")
        self.state = ImageState(taken_at=self.heard_at, url=url)
