"""What the world refuses, each with the code that clients see.

Everything here is safe to show: a message names what was expected, never a secret. Bugs are ordinary exceptions.
"""

from __future__ import annotations

from typing import ClassVar


class IntercomError(Exception):
    """Something that the world refuses; `str()` is fit for a resident's eyes.

    Attributes:
        code: the stable word on the wire (`{"error": {"code", "message"}}`).
        status: the HTTP status that goes with it.
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500

    def for_terminal(self) -> str:
        """Return what a terminal shows: the program's name before every line."""
        return "\n".join(f"intercom: {line}" for line in str(self).splitlines())


class InvalidInputError(IntercomError):
    """What was sent is not what was expected; the message says what was."""

    code = "invalid"
    status = 400


class UnauthorizedError(IntercomError):
    """Nobody we know: no credential, a wrong one, or one that has ended."""

    code = "unauthorized"
    status = 401


class ForbiddenError(IntercomError):
    """Known, but not entitled to this."""

    code = "forbidden"
    status = 403


class NotFoundError(IntercomError):
    """No such device, area, session or pairing request."""

    code = "not_found"
    status = 404


class TooManyTriesError(IntercomError):
    """A limit on tries is used up; the message says for how long."""

    code = "too_many_tries"
    status = 429


class DeviceUnavailableError(IntercomError):
    """The device did not answer, or cannot be reached now."""

    code = "device_unavailable"
    status = 503


class LinkDownError(DeviceUnavailableError):
    """The link to the broker is down, so nothing was sent."""

    code = "link_down"


class ConfigError(IntercomError):
    """A setting is wrong; the message names the key, the line and what was expected."""

    code = "config"


class StartupError(IntercomError):
    """The program cannot start: a port in use, a folder that cannot be read, …; one clear line."""

    code = "startup"
