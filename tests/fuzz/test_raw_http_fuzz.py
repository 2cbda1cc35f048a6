"""What no library would send: requests that are cut, doubled, mislabelled or no HTTP at all, at every route."""

from __future__ import annotations

import gzip
import re

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.house import House
from tests.fuzz.inputs import Tally, patient, tries
from tests.fuzz.mutations import spoiled_bytes
from tests.fuzz.raw import throw
from tests.integration.contract import documented_routes

pytestmark = patient

TOKEN, PORT = b"<token>", b"<port>"
"""Stand in a request for what is known only when it is sent."""

_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
_ROUTES = [
    *sorted((method, re.sub(r"\{\w+\}", "good-lamp", path)) for method, path in documented_routes()),
    ("GET", "/"),
    ("GET", "/index.html"),
    ("GET", "/assets/%2e%2e/%2e%2e/intercom.db"),
    ("GET", "//x/../..%00"),
    ("OPTIONS", "/api/v1/session"),
    ("TRACE", "/healthz"),
    ("CONNECT", "localhost:22"),
    ("GET", "/socket.io/?EIO=4&transport=polling"),
    ("POST", "/socket.io/?EIO=4&transport=polling&sid=x"),
    ("GET", "/socket.io/?EIO=4&transport=websocket"),
    ("GET", "/socket.io/?EIO=3&transport=polling&j=0&b64=1"),
    ("POST", "/socket.io/?EIO=%ff&transport[]=&sid"),
]
_BODIES = [b"", b"{}", b"[", b'{"name":"x","password":"y"}', b"\xff\xfe", b"[" * 20_000, b"1e9999", b'{"a":"\\ud800"}']
_HEADERS = [
    b"Content-Type: application/json",
    b"Content-Type: text/plain; charset=no-such-thing",
    b"Content-Type: multipart/form-data; boundary=",
    b"Content-Type: \xff\xfe",
    b"Content-Encoding: gzip",
    b"Content-Encoding: br",
    b"Content-Encoding: deflate, gzip",
    b"Content-Length: -1",
    b"Content-Length: 0",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 5, 5",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Expect: 100-continue",
    b"Expect: the unexpected",
    b"Range: bytes=0-",
    b"Range: bytes=9-1,-0,abc",
    b"If-Modified-Since: yesterday",
    b'If-None-Match: W/"',
    b"If-Range: \xe9",
    b"Accept-Encoding: gzip;q=x, br;q=-1, *",
    b"Accept: */*;q=nan",
    b"Accept-Language: \x80",
    b"Cookie: sid=",
    b'Cookie: sid=%ff\xff; sid; =; $Version=1; sid="\\377',
    b"Cookie: refresh=\x01; sid=" + b"a" * 5000,
    b"Authorization: Bearer " + TOKEN,
    b"Authorization: Bearer a.b.c",
    b"Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
    b"Authorization: Basic \xff",
    b"x-access-token: eyJhbGciOiJIUzI1NiIsImtpZCI6WzFdfQ.e30.AA",
    b"code: \xec\xbd\x94",
    b"Origin: null",
    b"Origin: http://127.0.0.1:" + PORT,
    b"Origin: http://[::1",
    b"Sec-Fetch-Site: cross-site",
    b"Access-Control-Request-Headers: \xff",
    b"X-Forwarded-For: 1.2.3.4, %, ::1%eth0",
    b"X-Forwarded-Host: [",
    b'Forwarded: for="',
    b"Host: [::1",
    b"Host: 127.0.0.1:99999",
    b"Host: a@127.0.0.1",
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Connection: close, keep-alive, \xff",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Version: x",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Key: \xff",
    b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
    b"Sec-WebSocket-Protocol: ,",
    b": no name",
    b"no colon",
    b" folded",
    b"X: " + b"a" * 9000,
]


@st.composite
def _requests(draw: st.DrawFn) -> bytes:
    method, path = draw(st.sampled_from(_ROUTES))
    method = draw(st.sampled_from((method, method, method, "GET", "POST", "HEAD", "get", "\x01")))
    query = draw(
        st.sampled_from(("", "", "?", "?host=%ff&switch=1e9", "?limit=-0&before=%00", "?token=" + "a" * 99, "?&=&"))
    )
    body = draw(st.sampled_from(_BODIES))
    if draw(st.booleans()):
        body = draw(st.sampled_from((gzip.compress(body), gzip.compress(bytes(1 << 22)), b"5\r\nhello\r\n0\r\n\r\n")))
    headers = [b"Host: 127.0.0.1:" + PORT, b"Content-Length: %d" % len(body)]
    headers = headers[: draw(st.sampled_from((2, 2, 2, 1, 0)))]
    headers += draw(st.lists(st.sampled_from(_HEADERS), max_size=3))
    version = draw(st.sampled_from(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "")))
    line = f"{method} {path}{query} {version}".encode()
    return b"\r\n".join([line, *headers, b"", body])


@tries(usual=16, long=1200)
@given(
    st.lists(spoiled_bytes(_requests()), min_size=16, max_size=24),
    st.integers(0, 15),
    st.sampled_from((False, False, False, True)),
)
def _throw(house: House, tally: Tally, requests: list[bytes], source: int, and_leave: bool) -> None:
    token = house.credentials("owner")["Authorization"].removeprefix("Bearer ").encode()
    sent = [each.replace(TOKEN, token).replace(PORT, str(house.port).encode()) for each in requests]

    answers = throw(house.port, sent, source=house.source(source), and_leave=and_leave)

    for request, answer in zip(requests, answers, strict=True):
        statuses = [int(status) for status in _STATUS.findall(answer)]
        tally.count("raw HTTP", str(statuses[0]) if statuses else "no answer" if not answer else "no HTTP")
        wrong = [status for status in statuses if status >= 500 and not (status == 503 and b'"busy"' in answer)]
        assert not wrong, f"{request!r} was answered {answer!r}"
    house.look()


def test_a_request_that_is_none_is_refused_and_fails_nothing(house: House, tally: Tally) -> None:
    _throw(house, tally)
