"""Many who say nothing, or say it slowly, or nonsense: they are dropped, and nobody else waits for them."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.blackbox.visitors import LAMP, Household, Member, Polls, Visitor, dial, new_address, read_answer, request
from tests.e2e.until import AT_ONCE_S, until

MANY = 500
HANDSHAKES = 10_000 if os.environ.get("INTERCOM_LONG") == "1" else 400
LEAVES_WITHIN_S = 10.0
LATE_S = 1.5
"""What a loaded machine may add."""

POLL = "/socket.io/?EIO=4&transport=polling"
UPGRADE = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]


@pytest.fixture(scope="module")
def resident(furnished: Household) -> Member:
    return furnished.pair()


def host(home: Household) -> tuple[str, str]:
    return ("Host", home.owner.host)


def mute_websocket(home: Household) -> bytes:
    return request("GET", "/socket.io/?EIO=4&transport=websocket", [host(home), *UPGRADE])


def half_a_head(home: Household) -> bytes:
    return request("GET", "/healthz", [host(home), ("X-Slow", "…")])[:-2]


def half_a_body(home: Household) -> bytes:
    return request("POST", "/api/v1/login", [host(home), ("Content-Length", "1000000")], b'{"name":')


def half_a_post(home: Household) -> bytes:
    return request("POST", f"{POLL}&sid=nobody", [host(home), ("Content-Length", "1000000")], b"4")


def a_chunk_without_an_end(home: Household) -> bytes:
    chunked = [host(home), ("Transfer-Encoding", "chunked")]
    return request("POST", "/api/v1/pairing", chunked, b"5\r\n12345\r\n")


def a_poll_that_waits(home: Household) -> bytes:
    return request("GET", POLL, [host(home)])


def nothing(_home: Household) -> bytes:
    return b""


FLOODS: tuple[Callable[[Household], bytes], ...] = (
    mute_websocket,
    nothing,
    half_a_head,
    half_a_body,
    half_a_post,
    a_chunk_without_an_end,
    a_poll_that_waits,
)


@contextlib.contextmanager
def flood(home: Household, data: bytes, *, count: int, addresses: int) -> Iterator[list[socket.socket]]:
    """Open so many connections from so many addresses, send the same on each, and leave them so."""
    own = [new_address() for _ in range(addresses)]
    with contextlib.ExitStack() as opened:
        connections = []
        for number in range(count):
            connection = opened.enter_context(dial(home.url, address=own[number % addresses]))
            with contextlib.suppress(ConnectionError):  # it is one too many of its address
                connection.sendall(data)
            connections.append(connection)
        yield connections


def time_of_a_visit(home: Household, member: Member, *, address: str | None = None) -> float:
    """Ask by HTTP, come in by a socket, watch and command; return how long that took."""
    visitor = Visitor(home.url, address=address, token=member.token)
    began = time.monotonic()
    assert visitor.ask("GET", "/healthz").status == 200
    assert visitor.ask("GET", "devices").status == 200
    with visitor.websocket() as live:
        assert live.enter(member.token) is None
        assert len(live.watch()["devices"]) == len(home.devices)
        assert live.command(home.devices[LAMP], "turn", on=True) == {"outcome": "confirmed"}
    with visitor.polls() as polls:
        assert polls.enter(member.token) is None
    return (time.monotonic() - began) / 4  # four things were asked


# 37: floods


@pytest.mark.parametrize("addresses", [1, 50], ids=["one address", "fifty addresses"])
@pytest.mark.parametrize("what", FLOODS, ids=lambda each: each.__name__.replace("_", " "))
def test_a_legitimate_client_is_served_at_once_while_many_say_nothing(
    home: Household, resident: Member, what: Callable[[Household], bytes], addresses: int
) -> None:
    with flood(home, what(home), count=MANY, addresses=addresses):
        took = [time_of_a_visit(home, resident) for _ in range(3)]

    assert statistics.median(took) < 1


def test_more_mute_sockets_than_may_wait_keep_nobody_out(home: Household, resident: Member) -> None:
    with flood(home, mute_websocket(home), count=1_600, addresses=80) as connections:
        took = [time_of_a_visit(home, resident) for _ in range(3)]
        still_open = sum(not is_over(connection) for connection in connections)

    assert statistics.median(took) < 1
    assert still_open <= 1_000


def test_mute_sockets_of_an_address_do_not_keep_others_of_that_address_out(home: Household, resident: Member) -> None:
    address = new_address()
    with contextlib.ExitStack() as opened:
        connections = [opened.enter_context(dial(home.url, address=address)) for _ in range(200)]
        for connection in connections:
            connection.sendall(mute_websocket(home))
        took = [time_of_a_visit(home, resident, address=address) for _ in range(3)]
        assert statistics.median(took) < 1
        newest_left = until(lambda: sum(not is_over(each) for each in connections) <= 128, "the oldest went")
        assert newest_left
        assert not is_over(connections[-1]), "the newest was let wait"


def test_handshakes_of_polls_that_nobody_goes_on_with_are_forgotten(home: Household, resident: Member) -> None:
    address = new_address()
    before = memory_mb(home)
    with dial(home.url, address=address) as connection:
        for _ in range(HANDSHAKES):
            connection.sendall(request("GET", POLL, [host(home)]))
            assert read_answer(connection).status == 200
    grown = memory_mb(home) - before

    assert time_of_a_visit(home, resident, address=address) < 1
    assert grown < 16 + HANDSHAKES * 0.004


def test_a_client_that_is_let_in_stays_while_strangers_push_each_other_out(home: Household, resident: Member) -> None:
    visitor = home.visitor(resident)
    with visitor.websocket() as live, visitor.polls() as polls:
        assert live.enter(resident.token) is None
        assert polls.enter(resident.token) is None
        opened = [Visitor(home.url, address=visitor.address).websocket() for _ in range(100)]

        assert live.watch()["you"]["id"] == resident.id
        assert polls.watch()["you"]["id"] == resident.id
        for each in opened:
            each.close()


# 44: nobody waits for ever


def a_mute_upgrade(home: Household) -> bytes:
    polls = Visitor(home.url).polls()
    return request("GET", f"/socket.io/?EIO=4&transport=websocket&sid={polls.sid}", [host(home), *UPGRADE])


def a_probe_that_goes_no_further(home: Household) -> bytes:
    return a_mute_upgrade(home) + frame("2probe")


def a_mute_poll(home: Household) -> bytes:
    polls = Visitor(home.url).polls()
    return request("GET", f"{POLL}&sid={polls.sid}", [host(home), ("Connection", "close")])


def refused_and_silent(home: Household) -> bytes:
    return mute_websocket(home) + frame('40{"token":"nonsense"}')


def refused_again_and_again(home: Household) -> bytes:
    return mute_websocket(home) + frame('40{"token":"nonsense"}') * 50


def chatter_without_coming_in(home: Household) -> bytes:
    return mute_websocket(home) + frame("3") * 50 + frame('42["watch"]') * 50


def close_without_going(home: Household) -> bytes:
    return mute_websocket(home) + frame("1")


STRANGERS = (
    nothing,
    close_without_going,
    half_a_head,
    mute_websocket,
    refused_and_silent,
    refused_again_and_again,
    chatter_without_coming_in,
    a_mute_poll,
    a_mute_upgrade,
    a_probe_that_goes_no_further,
)


def test_whoever_is_not_let_in_is_dropped_within_ten_seconds(home: Household) -> None:
    with contextlib.ExitStack() as opened:
        began = {}
        for what in STRANGERS:
            data = what(home)
            connection = opened.enter_context(dial(home.url, address=new_address()))
            connection.sendall(data)
            began[connection] = (what.__name__, time.monotonic())
        silent, refused = Visitor(home.url).polls(), Visitor(home.url).polls()
        since = time.monotonic()
        refused.say('40{"token":"nonsense"}')
        left = dict(began)
        while left:
            for connection in select.select(list(left), [], [], 1)[0]:
                name, at = left[connection]
                if is_over(connection):
                    del left[connection]
                    assert time.monotonic() - at < LEAVES_WITHIN_S + LATE_S, name
            late = [name for name, at in left.values() if time.monotonic() - at > LEAVES_WITHIN_S + LATE_S]
            assert late == []
        until(lambda: time.monotonic() - since > LEAVES_WITHIN_S, "ten seconds are over")
        for polls in (silent, refused):
            polls.until_end(AT_ONCE_S)
            assert polls.post(b'40{"token":"nonsense"}').status == 400


# Posts whose headers lie


def test_a_post_is_taken_whole_in_whatever_pieces_it_comes(home: Household, resident: Member) -> None:
    visitor = home.visitor(resident)
    with visitor.polls() as polls:
        assert polls.enter(resident.token) is None
        packet = ('421["watch",' + " " * 100_000 + "{}]").encode()
        data = polls.posted([("Content-Length", str(len(packet)))], packet)
        with dial(home.url, address=visitor.address) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(data), 9_001):
                connection.sendall(data[at : at + 9_001])
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert polls.until("431")[0]["you"]["id"] == resident.id

        chunked = polls.posted([("Transfer-Encoding", "chunked")], b'f\r\n422["watch",{}]\r\n0\r\n\r\n')
        with dial(home.url, address=visitor.address) as connection:
            connection.sendall(chunked)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert polls.until("432")[0]["you"]["id"] == resident.id


LIES: tuple[tuple[list[tuple[str, str]], bytes], ...] = (
    ([("Content-Length", "-1")], b"3"),
    ([("Content-Length", "1e3")], b"3"),
    ([("Content-Length", "many")], b"3"),
    ([("Content-Length", "+1")], b"3"),
    ([("Content-Length", "0x1")], b"3"),
    ([("Content-Length", "١")], b"3"),
    ([("Content-Length", "")], b"3"),
    ([("Content-Length", "1"), ("Content-Length", "2")], b"33"),
    ([("Content-Length", "1"), ("Transfer-Encoding", "chunked")], b"1\r\n3\r\n0\r\n\r\n"),
    ([("Content-Length", str(10**30))], b"3"),
    ([("Content-Length", str(300_000))], b"4" * 300_000),
    ([("Content-Length", str(2_000_000))], b"4" * 2_000_000),
    ([("Transfer-Encoding", "chunked")], b"-1\r\n3\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked")], b"ffffffffffffffffff\r\n3\r\n0\r\n\r\n"),
    ([("Transfer-Encoding", "chunked, chunked")], b"1\r\n3\r\n0\r\n\r\n"),
    ([("Content-Encoding", "gzip"), ("Content-Length", "1")], b"3"),
)
NONSENSE: tuple[bytes, ...] = (
    b"",
    b"\xff\xfe",
    b"x",
    b"7",
    b"9",
    b"0",
    b"2",
    b"6",
    b"1",
    b"d=",
    b"d=4",
    b"b",
    b"b!",
    b"bAAAA",
    b"4",
    b"4\x1e",
    b"\x1e\x1e",
    b"\x1e".join([b"3"] * 17),
    b"4" + b"[" * 100_000,
    b"42" + b"[" * 100_000,
    b'1\x1e42["watch"]',
    b'40{"token":1}',
    b"451-[]",
    "4²".encode(),
    "٤0".encode(),
)


@pytest.mark.parametrize("is_known", [False, True], ids=["stranger", "paired"])
def test_a_post_that_lies_or_is_nonsense_is_refused_in_order(
    home: Household, resident: Member, *, is_known: bool
) -> None:
    def begin() -> Polls:
        polls = Visitor(home.url).polls()
        if is_known:
            assert polls.enter(resident.token) is None
        return polls

    for headers, body in LIES:
        data = begin().posted(headers, body)
        answer = exchange(home, data)
        assert answer[9:12] in (b"200", b"400", b"413", b""), (headers, answer)
    for body in NONSENSE:
        polls = begin()
        assert polls.post(body).status in (200, 400), body
        if is_known and polls.post(b'429["watch",{}]').status == 200:
            assert polls.until("439")[0]["you"]["id"] == resident.id, body


@pytest.mark.parametrize("is_known", [False, True], ids=["stranger", "paired"])
def test_a_frame_of_nonsense_is_refused_in_order(home: Household, resident: Member, *, is_known: bool) -> None:
    for packet in (*(each.decode(errors="replace") for each in NONSENSE), b"\x00", b"4" * 300_000):
        with Visitor(home.url).websocket() as live:
            if is_known:
                assert live.enter(resident.token) is None
            live.say(packet)
            live.say("1")
            live.until_end(AT_ONCE_S)


def test_two_who_upgrade_one_socket_at_once_do_not_confuse_it(home: Household, resident: Member) -> None:
    polls = Visitor(home.url).polls()
    assert polls.enter(resident.token) is None
    upgrade = request("GET", f"/socket.io/?EIO=4&transport=websocket&sid={polls.sid}", [host(home), *UPGRADE])
    with dial(home.url) as first, dial(home.url) as second:
        for connection in (first, second):
            connection.sendall(upgrade + frame("2probe"))
        assert read_until(first, b"3probe")
        for connection in (second, first):
            connection.sendall(frame("5") + frame('421["watch",{}]'))
        assert read_until(first, b"431")
        until(lambda: is_over(second), "the second one is turned away")


def test_many_who_poll_and_post_at_once_to_one_socket_do_not_confuse_it(home: Household, resident: Member) -> None:
    visitor = home.visitor(resident)
    with visitor.polls() as polls, ThreadPoolExecutor(16) as pool:
        assert polls.enter(resident.token) is None
        posts = [pool.submit(polls.post, b'42["watch",{}]') for _ in range(60)]
        gone = [pool.submit(polls.post, b"1") for _ in range(2)]
        late = [pool.submit(polls.post, b'42["watch",{}]') for _ in range(20)]

        statuses = {each.result().status for each in (*posts, *gone, *late)}

    assert statuses <= {200, 400}


# Inside


def frame(text: str) -> bytes:
    """Write a websocket frame down."""
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode()


def is_over(connection: socket.socket) -> bool:
    """Tell whether a connection was closed by the other side; what it said before is thrown away."""
    connection.setblocking(False)
    try:
        while data := connection.recv(1 << 16):
            if data[:1] == b"\x88":
                return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


def read_until(connection: socket.socket, wanted: bytes) -> bool:
    """Read on until something comes; False when the end does."""
    connection.setblocking(True)
    connection.settimeout(20)
    seen = b""
    while wanted not in seen:
        more = connection.recv(1 << 16)
        if not more:
            return False
        seen += more
    return True


def exchange(home: Household, data: bytes) -> bytes:
    """Send bytes; return the first that come back, none when the connection is cut."""
    with dial(home.url, address=new_address()) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(200)
        except ConnectionError:
            return b""


def memory_mb(home: Household) -> float:
    """How much memory the program has."""
    status = Path(f"/proc/{home.program.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
