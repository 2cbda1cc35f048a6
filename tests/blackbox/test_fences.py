"""What turns strangers' pages, names and proxies away, and what each answer tells a browser that it may not do."""

from __future__ import annotations

import re

import pytest

from tests.blackbox.visitors import (
    GOOD_PAGE,
    PROXY,
    Household,
    RefusedError,
    Said,
    Visitor,
    dial,
    new_address,
    read_answer,
    request,
)

FOREIGN = (
    "https://evil.example",
    "null",
    "https://good.example.evil.example",
    "https://evilgood.example",
    "https://good.example@evil.example",
    "https://good.example:444",
    "https://good.example:443",
    "http://good.example",
    "https://good.example.",
    "https://good.example/",
    "https://good.example https://evil.example",
    "file://",
    "",
)
POLL = "/socket.io/?EIO=4&transport=polling"


def is_open_to_pages(said: Said) -> bool:
    return any(name.lower().startswith("access-control-") for name in said.headers)


# 24: the page


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_origin_is_refused_whichever_way_it_comes(home: Household, origin: str) -> None:
    foreign = [("Origin", origin)]
    owner = home.owner

    answers = [
        owner.ask("GET", "devices", headers=foreign),
        owner.ask("POST", "areas", {"name": "Evil"}, headers=foreign),
        Visitor(home.url).ask("POST", "login", {"name": "x", "password": "y"}, headers=foreign),
        owner.ask("GET", POLL, headers=foreign),
        owner.ask("GET", "/", headers=foreign),
        owner.ask("OPTIONS", "devices", headers=[*foreign, ("Access-Control-Request-Method", "GET")]),
    ]
    with pytest.raises(RefusedError) as refused:
        owner.websocket(headers=foreign)
    socket = owner.polls()
    answers += [refused.value.said, owner.ask("POST", f"{POLL}&sid={socket.sid}", b"40", headers=foreign)]
    socket.close()

    assert [said.status for said in answers] == [403] * len(answers)
    assert not any(is_open_to_pages(said) for said in answers)
    assert "Evil" not in [area["name"] for area in owner.get("areas")["areas"]]


@pytest.mark.parametrize("second", [GOOD_PAGE, "https://evil.example"])
def test_a_request_with_two_origins_is_refused(home: Household, second: str) -> None:
    said = home.owner.ask("GET", "devices", headers=[("Origin", GOOD_PAGE), ("Origin", second)])

    assert said.status == 403
    assert not is_open_to_pages(said)


def test_a_listed_page_and_our_own_are_let_in_whichever_way_they_come(home: Household) -> None:
    own = f"http://{home.owner.host}"
    for origin in (GOOD_PAGE, own):
        page = [("Origin", origin)]
        said = home.owner.ask("GET", "devices", headers=page)
        assert said.status == 200
        assert said.headers["Access-Control-Allow-Origin"] == (GOOD_PAGE if origin == GOOD_PAGE else None)
        with home.owner.websocket(headers=page) as socket:
            assert socket.enter(home.owner.token) is None
        with home.owner.polls(headers=page) as polls:
            assert polls.enter(home.owner.token) is None


# 28: what a page asks before


def test_a_preflight_is_granted_to_a_listed_page_and_to_no_other(home: Household) -> None:
    asked = [("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "authorization")]
    stranger = Visitor(home.url)

    good = stranger.ask("OPTIONS", "clients/x", headers=[("Origin", GOOD_PAGE), *asked])
    evil = stranger.ask("OPTIONS", "clients/x", headers=[("Origin", "https://evil.example"), *asked])
    nobody = stranger.ask("OPTIONS", "clients/x", headers=asked)

    assert good.status == 204
    assert good.headers["Access-Control-Allow-Origin"] == GOOD_PAGE
    assert good.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in good.headers["Vary"]
    assert evil.status == 403
    assert nobody.status in (404, 405)
    assert not is_open_to_pages(evil)
    assert not is_open_to_pages(nobody)


# 27: with a browser's cookie


def test_a_page_of_another_site_gets_nothing_done_by_the_cookie_of_a_browser(home: Household) -> None:
    _, name, password = home.add_account("owner")
    browser = Visitor(home.url)
    assert browser.log_in(name, password).status == 200
    areas = browser.get("areas")
    simple = ("Content-Type", "text/plain")

    for headers in (
        [("Origin", "https://evil.example"), simple],
        [("Origin", "null"), simple],
        [("Sec-Fetch-Site", "cross-site"), simple],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), simple],
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin"), simple],
    ):
        for method, path, body in (
            ("POST", "areas", {"name": "Evil"}),
            ("DELETE", "session", None),
            ("PUT", "pin", {"pin": "8374"}),
            ("POST", "accounts", {"name": "evil", "password": "correct horse 1", "role": "owner"}),
        ):
            assert browser.ask(method, path, body, headers=headers).status == 403, (method, path, headers)
        if headers[0][0] == "Origin":
            with pytest.raises(RefusedError) as refused:
                browser.websocket(headers=headers[:1])
            assert refused.value.said.status == 403

    assert browser.get("areas") == areas
    assert "evil" not in [account["name"] for account in browser.get("accounts")["accounts"]]


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(home: Household) -> None:
    _, name, password = home.add_account("guest")
    body = {"name": name, "password": password}

    plain = Visitor(home.url).ask("POST", "login", body).headers["Set-Cookie"]
    secure = Visitor(home.url, address=PROXY).ask(
        "POST", "login", body, headers=[("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https")]
    )

    for cookie in (plain, secure.headers["Set-Cookie"]):
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in plain
    assert "Secure" in secure.headers["Set-Cookie"].split("; ")


# 25: the host


def test_a_request_for_another_host_is_refused_even_when_its_page_is_of_that_host(home: Household) -> None:
    port = home.owner.host.partition(":")[2]
    for host in (
        "evil.example",
        f"evil.example:{port}",
        f"localhost.evil.example:{port}",
        f"127.0.0.1.evil.example:{port}",
        f"127.0.0.1@evil.example:{port}",
        f"evil.example@127.0.0.1:{port}",
        f"127.0.0.2:{port}",
        f"[::1]:{port}",
        "192.168.0.1",
        "2130706433",
        "127.1",
        f"127.0.0.1:{port}/evil.example",
        "127.0.0.1:99999",
        "",
    ):
        origin = [("Origin", f"http://{host}")]
        for said in (
            home.owner.ask("GET", "devices", hosts=[host]),
            home.owner.ask("GET", "devices", hosts=[host], headers=origin),
            home.owner.ask("GET", "/", hosts=[host]),
            home.owner.ask("GET", POLL, hosts=[host], headers=origin),
        ):
            assert said.status in (400, 421), (host, said)
            assert not is_open_to_pages(said)


def test_a_request_for_no_host_or_for_two_is_refused(home: Household) -> None:
    own = home.owner.host
    for hosts in ([], [own, own], [own, "evil.example"], ["evil.example", own]):
        assert home.owner.ask("GET", "devices", hosts=hosts).status == 400


def test_a_request_whose_target_names_another_host_is_refused(home: Household) -> None:
    own = home.owner.host
    for target, host, wanted in (
        (f"http://{own}/api/v1/devices", own, 200),
        ("http://evil.example/api/v1/devices", own, 421),
        (f"http://{own}/api/v1/devices", "evil.example", 421),
        ("http://evil.example/api/v1/devices", "evil.example", 421),
    ):
        said = home.owner.ask("GET", target, hosts=[host])
        assert said.status == wanted, (target, host, said)


def test_the_homes_own_names_are_known_with_any_port(home: Household) -> None:
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:80", "localhost.:8080"):
        assert home.owner.ask("GET", "devices", hosts=[host]).status == 200, host


# 26: proxies


def test_a_proxy_that_is_not_listed_is_not_believed(home: Household) -> None:
    liar = Visitor(home.url)
    for number in range(30):
        asked = liar.ask("POST", "pairing", {"name": "liar"}, headers=[("X-Forwarded-For", f"198.51.100.{number}")])
        assert asked.status == 201
    refused = liar.ask("POST", "pairing", {"name": "liar"}, headers=[("X-Forwarded-For", "198.51.100.99")])
    assert (refused.status, refused.code) == (429, "too_many_tries")
    given = {"secret": asked.json["secret"], "code": home.read_code()}
    forged = [("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=198.51.100.1"), ("X-Real-IP", "198.51.100.1")]

    admitted = liar.ask("POST", f"pairing/{asked.json['request_id']}", given, headers=forged)

    assert admitted.status == 200
    assert home.audit("paired")[0]["address"] == liar.address
    assert home.audit("too_many_tries")[0]["address"] == liar.address
    listed = next(each for each in home.owner.get("clients")["clients"] if each["name"] == "liar")
    assert listed["address"] == liar.address
    for headers in ([("X-Forwarded-Proto", "https")], [("X-Forwarded-Host", "evil.example")]):
        said = liar.ask("POST", f"pairing/{asked.json['request_id']}", given, headers=headers)
        assert said.status == 401, "for our own host, and with that code used up"
    assert liar.ask("GET", "/healthz", hosts=["evil.example"], headers=[("X-Forwarded-Host", liar.host)]).status == 421
    secure_page = [("X-Forwarded-Proto", "https"), ("Origin", f"https://{liar.host}")]
    assert liar.ask("GET", "/healthz", headers=secure_page).status == 403


def test_a_proxy_that_is_listed_is_believed_about_the_last_address_on_the_way(home: Household) -> None:
    proxy = Visitor(home.url, address=PROXY)

    def asked(way: str) -> Said:
        return proxy.ask("POST", "pairing", {"name": "phone"}, headers=[("X-Forwarded-For", way)])

    for _ in range(30):
        last = asked("203.0.113.5, 198.51.100.7")
        assert last.status == 201
    assert asked("203.0.113.77, 198.51.100.7").code == "too_many_tries"
    given = {"secret": last.json["secret"], "code": home.read_code()}
    admitted = proxy.ask(
        "POST", f"pairing/{last.json['request_id']}", given, headers=[("X-Forwarded-For", "127.99.0.2, 198.51.100.7")]
    )
    assert admitted.status == 200
    assert home.audit("paired")[0]["address"] == "198.51.100.7"
    other = asked("198.51.100.8")
    assert other.status == 201, "who comes over the same proxy is somebody else"
    given = {"secret": other.json["secret"], "code": home.read_code()}
    assert (
        proxy.ask(
            "POST", f"pairing/{other.json['request_id']}", given, headers=[("X-Forwarded-For", "198.51.100.8")]
        ).status
        == 200
    )
    for host, wanted in (("evil.example", 421), ("localhost", 200), (f"{proxy.host}, evil.example", 421)):
        assert proxy.ask("GET", "/healthz", headers=[("X-Forwarded-Host", host)]).status == wanted
    secure = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "localhost")]
    assert proxy.ask("GET", "/healthz", headers=[*secure, ("Origin", "https://localhost")]).status == 200
    assert proxy.ask("GET", "/healthz", headers=[*secure, ("Origin", "http://localhost")]).status == 403


# 30: what a browser may not do with an answer


def test_each_answer_says_that_it_is_not_to_be_framed_run_or_guessed_at(home: Household) -> None:
    owner, stranger = home.owner, Visitor(home.url)
    page = stranger.ask("GET", "/")
    asset = re.search(rb'src="(/assets/[^"]+\.js)"|src="\./(assets/[^"]+\.js)"', page.body)
    assert asset is not None, page.body
    script = "/" + (asset[1] or asset[2]).decode().lstrip("/")
    with pytest.raises(RefusedError) as refused:
        stranger.websocket(headers=[("Origin", "https://evil.example")])
    answers = {
        "page": page,
        "script": stranger.ask("GET", script),
        "trust page": stranger.ask("GET", "/trust"),
        "authority": stranger.ask("GET", "/ca.pem"),
        "profile": stranger.ask("GET", "/ca.mobileconfig"),
        "health": stranger.ask("GET", "/healthz"),
        "devices": owner.ask("GET", "devices"),
        "picture": owner.ask("GET", home.image_path),
        "stranger": stranger.ask("GET", "devices"),
        "no such page": stranger.ask("GET", "/<script>alert(1)</script>"),
        "no such device": owner.ask("GET", "devices/%3Cscript%3E"),
        "no such method": owner.ask("PUT", "devices"),
        "bad body": owner.ask("POST", "areas", b"<script>"),
        "large body": owner.ask("POST", "areas", b" " * (1024 * 1024 + 1)),
        "another host": owner.ask("GET", "devices", hosts=["evil.example"]),
        "another page": owner.ask("GET", "devices", headers=[("Origin", "https://evil.example")]),
        "listed page": owner.ask("GET", "devices", headers=[("Origin", GOOD_PAGE)]),
        "preflight": owner.ask(
            "OPTIONS", "devices", headers=[("Origin", GOOD_PAGE), ("Access-Control-Request-Method", "GET")]
        ),
        "head": owner.ask("HEAD", "/"),
        "poll": stranger.ask("GET", POLL),
        "no such poll": stranger.ask("GET", f"{POLL}&sid=nonsense"),
        "no such post": stranger.ask("POST", f"{POLL}&sid=nonsense", b"40"),
        "old poll": stranger.ask("GET", "/socket.io/?EIO=9&transport=polling"),
        "no websocket": stranger.ask("GET", "/socket.io/?EIO=4&transport=websocket"),
        "refused websocket": refused.value.said,
        "ancestor": stranger.ask("GET", "/device/regist"),
        "logged out": stranger.ask("DELETE", "session"),
    }

    for name, said in answers.items():
        policy = said.headers["Content-Security-Policy"] or ""
        assert said.headers["X-Frame-Options"] == "DENY", name
        assert said.headers["X-Content-Type-Options"] == "nosniff", name
        assert said.headers["Referrer-Policy"] == "no-referrer", name
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy, name
        is_page = name in ("page", "trust page", "script", "head")
        assert ("sandbox" in policy) is not is_page, name
        if not is_page:
            assert said.headers["Cache-Control"] == "no-store", name
            assert "html" not in said.headers.get("Content-Type", ""), name
    assert answers["listed page"].headers["Cache-Control"] == "no-store"


def test_what_is_no_http_is_answered_as_plain_text_and_cut(home: Household) -> None:
    long_path = "/" + "<script>" * 2_000
    for nonsense in (
        request("GET", long_path, [("Host", home.owner.host), ("Accept", "text/html")]),
        b"<script> / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: <script>\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        with dial(home.url, address=new_address()) as connection:
            connection.sendall(nonsense)
            said = read_answer(connection)
            assert said.status == 400, said
            assert said.headers.get_content_type() == "text/plain"
            assert connection.recv(1) == b"", "it was cut"
