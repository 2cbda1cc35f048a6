"""Who owns the home, at the wall: the first owner, the PIN and what waits behind it, people, clients and the log."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from intercom.home.access import Role
from intercom.home.capabilities import (
    Bolt,
    CapabilityId,
    Light,
    LightState,
    Lock,
    LockState,
    Motion,
    Valve,
    ValveState,
)
from intercom.home.commands import MoveValve, Turn
from intercom.home.errors import TooManyTriesError
from intercom.home.pin import FREE_TRIES
from intercom.home.tries import MOST_BY_ADDRESS, Secret
from intercom.panel.preferences import Preferences
from intercom.storage.accounts import WrongPasswordError
from intercom.storage.audit import AuditEvent
from tests.conftest import Run
from tests.unit.panel.house import House, add, house, until
from tests.unit.panel.test_keyboard import painted, touch, type_in
from tests.unit.panel.test_window import expect_touchable_and_whole, open_settings

C = CapabilityId
PIN = "2580"
PASSWORD = "correct horse"
STILL = Preferences(language="en", theme="dark", is_still=True)
SIZES = [(800, 480), (1280, 800), (1920, 1080), (480, 800)]


async def tap(h: House, name: str) -> None:
    """Touch an item once it is there and stands still: a person does not hit what moves."""
    seen = []
    while len(seen) < 3 or len(set(seen[-3:])) > 1:
        await until(lambda: h.shows(name))
        await painted(h)
        seen.append(h.middle(name).toTuple() if h.shows(name) else None)
    await h.tap(name)


async def type_pin(h: House, pin: str) -> None:
    await tap(h, f"pin-{pin[0]}")
    pin = pin[1:]
    for digit in pin:
        await h.tap(f"pin-{digit}")
    await h.tap("pin-confirm")


async def with_owner(h: House, name: str = "Minji") -> None:
    """Make an owner and choose the PIN, as if that had been done before."""
    await h.storage.accounts.add(name=name, password=PASSWORD, role=Role.OWNER, by="panel")
    await h.storage.pin.choose(PIN)


async def unlock_settings(h: House, section: str) -> None:
    await h.tap("settings-button")
    await type_pin(h, PIN)
    await until(lambda: h.shows(f"section-{section}"))
    await open_settings(h, section)


async def events(h: House) -> list[AuditEvent]:
    return [entry.event for entry in await h.storage.audit.latest()]


async def wrong_pins(h: House) -> None:
    """Be wrong until the pad waits."""
    while h.storage.pin.wait_s == 0:
        await until(lambda: h.panel._gate._looked_at is None)
        await type_pin(h, "9731")
        await until(lambda: h.panel._gate._looked_at is None)


def closing(h: House) -> str:
    """Return the name of the sheet's button that closes a valve; empty while there is none."""
    buttons = (item for item in h.items() if item.objectName().startswith("control-valve/move/"))
    return next((item.objectName() for item in buttons if item.property("text") == "Close"), "")


def expect_inside(h: House) -> None:
    """All that is touched in a sheet or on the PIN pad lies within the window, for a sheet does not scroll."""
    window = QRectF(0, 0, h.window.width(), h.window.height())
    buttons = [item for item in h.items() if item.objectName().startswith(("pin-", "owner-n", "owner-l", "person-"))]
    assert buttons
    for item in buttons:
        assert window.contains(item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))), item.objectName()


# The first owner


def test_the_first_owner_is_made_at_the_wall_by_touches_and_logs_in(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL, offers_owner=True) as h:
            await until(lambda: h.shows("owner-next"))
            await touch(h, "owner-name")
            await type_in(h, "minji")
            await touch(h, "owner-password")
            await type_in(h, "two horses")
            await tap(h, "owner-next")

            await type_pin(h, PIN)
            await until(lambda: h.says("The same PIN once more"))
            await type_pin(h, PIN)

            await until(lambda: h.says("minji is the owner now"))
            await until(lambda: not h.shows("pin-1"))
            login = await h.storage.accounts.log_in(name="Minji", password="two horses", address="10.0.0.2")
            assert login.session.role is Role.OWNER
            await h.storage.pin.check(PIN)
            assert {AuditEvent.ACCOUNT_ADDED, AuditEvent.PIN_CHANGED} <= set(await events(h))
            await h.tap("settings-button")
            await until(lambda: h.shows("gate"))

    run(scene(), timeout_s=30)


def test_nothing_is_kept_until_name_password_and_pin_are_good(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL, offers_owner=True) as h:
            await until(lambda: h.shows("owner-next"))
            await tap(h, "owner-next")
            await until(lambda: h.says("A name is needed") and h.says("A password has 8 to 256 characters"))
            await touch(h, "owner-name")
            await type_in(h, "minji")
            assert not h.says("A name is needed")
            await touch(h, "owner-password")
            await type_in(h, "password")
            await tap(h, "owner-next")
            await until(lambda: h.says("This password is guessed too easily"))
            await tap(h, "owner-password/field")
            await type_in(h, " two")
            await tap(h, "owner-next")

            await type_pin(h, "1234")
            await until(lambda: h.says("This PIN is guessed too easily"))
            await type_pin(h, PIN)
            await until(lambda: h.says("The same PIN once more"))
            await type_pin(h, "2581")
            await until(lambda: h.says("These were two different PINs"))

            assert await h.storage.accounts.all() == []
            assert not h.storage.pin.is_set

    run(scene(), timeout_s=30)


def test_what_was_put_off_is_offered_in_the_settings_only(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL, offers_owner=True) as h:
            await until(lambda: h.shows("owner-later"))
            await tap(h, "owner-later")
            await until(lambda: not h.shows("owner-later"))
            assert h.panel._settings.preferences.has_offered_owner
            for section in ("connect", "people", "panel"):
                await open_settings(h, section)
                await until(lambda: h.shows("owner-banner"))

            await tap(h, "owner-make")

            await until(lambda: h.shows("owner-next"))

    run(scene(), timeout_s=20)


def test_who_comes_second_is_told_so(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL, offers_owner=True) as h:
            await until(lambda: h.shows("owner-next"))
            h.panel._first_owner.enterLogin("Jiwon", PASSWORD)
            await h.storage.accounts.add(name="Minji", password=PASSWORD, role=Role.OWNER, by="command line")

            await type_pin(h, PIN)
            await until(lambda: h.says("The same PIN once more"))
            await type_pin(h, PIN)

            await until(lambda: h.says("There is an owner already"))
            assert [account.name for account in await h.storage.accounts.all()] == ["Minji"]
            assert not h.storage.pin.is_set

    run(scene(), timeout_s=20)


# The PIN, and what waits behind it


def test_wrong_pins_back_off_and_a_new_window_knows_it(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await h.tap("settings-button")
            await type_pin(h, "9731")
            await until(lambda: h.says("This is not the owner's PIN"))
            assert not h.shows("section-connect") and not h.says("192.168.0.10:1883")
            await wrong_pins(h)
            await until(lambda: any("again in 0:" in text for text in h.texts()))
            assert (await events(h)).count(AuditEvent.WRONG_PIN) == FREE_TRIES

        async with house(tmp_path, preferences=STILL) as h:
            await h.tap("settings-button")
            await until(lambda: any("again in 0:" in text for text in h.texts()))
            await type_pin(h, PIN)
            h.panel._gate.enter(PIN)
            await until(lambda: h.panel._gate._looked_at is None)
            assert h.shows("gate")

    run(scene(), timeout_s=30)


def test_the_wait_counts_down_and_then_the_right_pin_opens(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await h.tap("settings-button")
            await wrong_pins(h)
            await until(lambda: 0 < h.panel._gate.property("waitS") <= 30)

            h.storage.pin._tries = type(h.storage.pin._tries)(wrong=3, waits_until=h.storage.clock.steady() + 0.2)

            await until(lambda: h.panel._gate.property("waitS") == 0)
            await type_pin(h, PIN)
            await until(lambda: h.shows("section-connect"))

    run(scene(), timeout_s=30)


def test_the_settings_lock_again_when_they_are_left(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "people")

            await h.tap("back-button")
            await until(lambda: not h.shows("settings-page"))
            await h.tap("settings-button")

            await until(lambda: h.shows("gate") and not h.shows("section-people"))

    run(scene(), timeout_s=20)


def test_the_settings_lock_when_nobody_touches_them(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "connect")
            idle = h.panel._gate._idle
            await until(lambda: 0 < idle.remainingTime() < 119_000)
            await tap(h, "section-people")
            await until(lambda: idle.remainingTime() > 119_000)
            await tap(h, "add-person")
            await until(lambda: h.shows("person-name/field"))

            idle.start(10)

            await until(lambda: h.shows("gate") and not h.shows("person-name/field"))

    run(scene(), timeout_s=20)


def test_a_pin_that_is_looked_at_while_the_settings_are_left_opens_nothing(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            checked = asyncio.Event()
            check = h.storage.pin.check

            async def slow(pin: str) -> None:
                await checked.wait()
                await check(pin)

            h.storage.pin.check = slow  # type: ignore[method-assign]
            h.panel._gate.enter(PIN)
            h.panel._gate.lock()
            checked.set()
            await h.storage.pin.check(PIN)

            assert h.panel._gate.property("isOpen") is False

    run(scene(), timeout_s=20)


def test_a_new_pin_locks_out_who_came_by_the_old_one(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "people")

            await h.storage.pin.choose("8642")

            await until(lambda: h.shows("gate"))

    run(scene(), timeout_s=20)


def test_another_pin_is_chosen_in_the_settings(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "people")
            await until(lambda: h.shows("choose-pin"))

            await tap(h, "choose-pin")
            await type_pin(h, "864213")
            await until(lambda: h.says("The same PIN once more"))
            await type_pin(h, "864213")

            await until(lambda: h.says("The new PIN is in use"))
            await until(lambda: not h.shows("pin-1"))
            assert h.shows("section-people")
            await h.storage.pin.check("864213")

    run(scene(), timeout_s=20)


@pytest.mark.parametrize("is_waiting", [False, True])
def test_neither_a_locked_gate_nor_one_that_waits_stands_before_the_gas_or_a_code(
    run: Run, tmp_path: Path, *, is_waiting: bool
) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            gas = Valve(id=C("valve"), device_class="gas", can_open=False)
            add(h.home, "gas", (gas, ValveState(motion=Motion.OPEN)))
            add(h.home, "boiler", (gas, ValveState(motion=Motion.OPEN)))
            await with_owner(h)
            if is_waiting:
                await h.tap("settings-button")
                await wrong_pins(h)
                await h.tap("back-button")
            await until(lambda: h.shows("tile-gas"))

            await tap(h, "tile-gas")
            await until(lambda: [asked[0] for asked in h.adapter.asked] == ["gas"])
            assert isinstance(h.adapter.asked[0][2], MoveValve)
            h.panel._sheet.open("boiler")
            await until(lambda: h.shows("sheet-name"))
            await until(lambda: closing(h) != "")
            await tap(h, closing(h))
            await until(lambda: [asked[0] for asked in h.adapter.asked] == ["gas", "boiler"])
            await tap(h, "sheet-close")
            await until(lambda: not h.shows("sheet-name"))

            h.desk.ask(name="phone", address="192.168.0.23")
            await until(lambda: h.shows("pairing-code"))
            await tap(h, "pairing-refuse")
            await until(lambda: h.desk.live is None)

    run(scene(), timeout_s=30)


def test_a_device_gets_another_name_only_behind_the_pin(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            lamp = add(h.home, "lamp", (Light(id=C("light"), has_brightness=True), LightState(on=True)))
            await with_owner(h)
            await until(lambda: h.shows("tile-lamp"))
            await h.press("tile-lamp", lambda: h.shows("sheet-arrange"))
            h.panel._sheet.rename("Stolen")
            h.panel._sheet.hide(True)
            await tap(h, "control-light/on/toggle")
            await until(lambda: ("lamp", "light", Turn(on=False)) in h.adapter.asked)
            assert h.home.shown_name(lamp) == "lamp" and not h.home.placement(lamp).is_hidden

            await tap(h, "sheet-arrange")
            assert not h.shows("sheet-rename/field")
            await type_pin(h, PIN)

            await until(lambda: h.shows("sheet-rename/field") and not h.shows("pin-1"))
            h.panel._sheet.rename("Reading lamp")
            await until(lambda: h.home.shown_name(lamp) == "Reading lamp")
            await tap(h, "sheet-close")
            await until(lambda: not h.shows("sheet-name"))
            assert h.panel._gate.property("isOpen") is False

    run(scene(), timeout_s=20)


# People


def test_somebody_is_added_by_touches_and_logs_in(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "people")
            await until(lambda: h.says("Minji") and h.shows("add-person"))
            await tap(h, "add-person")
            await until(lambda: h.shows("person-name/field"))
            await touch(h, "person-name")
            await type_in(h, "jun")
            await touch(h, "person-password")
            await type_in(h, "two horses")

            await tap(h, "person-add")

            await until(lambda: h.says("jun") and not h.shows("person-add"))
            login = await h.storage.accounts.log_in(name="jun", password="two horses", address="10.0.0.2")
            assert login.session.role is Role.RESIDENT
            await until(lambda: any("login of jun" in text for text in h.texts()))

    run(scene(), timeout_s=30)


def test_a_name_that_is_taken_is_told_where_it_is_typed(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            await unlock_settings(h, "people")
            await until(lambda: h.shows("add-person"))
            await tap(h, "add-person")
            await until(lambda: h.shows("person-name/field"))

            h.panel._people.add("MINJI", PASSWORD, 1)

            await until(lambda: h.says("Somebody else is called that already"))
            assert h.shows("person-name/field")

    run(scene(), timeout_s=20)


def test_the_last_owner_stays_one_and_another_goes_with_their_logins(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            accounts = h.storage.accounts
            jun = await accounts.add(name="Jun", password=PASSWORD, role=Role.RESIDENT, by="panel")
            await accounts.log_in(name="Jun", password=PASSWORD, address="10.0.0.2")
            (minji, _) = await accounts.all()
            await unlock_settings(h, "people")
            await until(lambda: h.shows(f"change-{minji.id}"))

            h.panel._people.changeRole(minji.id, 1)
            await until(lambda: h.says("Minji is the last owner: make somebody else an owner first"))
            h.panel._people.changeRole(jun.id, 0)
            await until(lambda: [session.role for session in h.storage.sessions.all] == [Role.OWNER])
            await tap(h, f"change-{jun.id}")
            await until(lambda: h.shows("person-remove"))
            await h.press("person-remove", lambda: h.storage.sessions.all == [])

            await until(lambda: h.says("The account of Jun was removed") and not h.shows("person-remove"))
            assert [account.name for account in await accounts.all()] == ["Minji"]

    run(scene(), timeout_s=30)


def test_another_password_ends_the_logins_by_the_old_one(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            (minji,) = await h.storage.accounts.all()
            await h.storage.accounts.log_in(name="Minji", password=PASSWORD, address="10.0.0.2")
            await unlock_settings(h, "people")
            await until(lambda: h.shows(f"change-{minji.id}"))
            await tap(h, f"change-{minji.id}")
            await until(lambda: h.shows("person-new-password/field"))
            await touch(h, "person-new-password")
            await type_in(h, "short")
            await tap(h, "person-new-password/send")
            await until(lambda: h.says("A password has 8 to 256 characters"))
            await type_in(h, " horse")
            await tap(h, "person-new-password/send")

            await until(lambda: h.says("Minji has a new password"))
            assert h.storage.sessions.all == []
            with pytest.raises(WrongPasswordError):
                await h.storage.accounts.log_in(name="Minji", password=PASSWORD, address="10.0.0.2")
            await h.storage.accounts.log_in(name="Minji", password="short horse", address="10.0.0.2")

    run(scene(), timeout_s=30)


# Paired clients


def test_a_client_may_do_what_is_chosen_for_it_and_a_login_what_its_account_may(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await with_owner(h)
            phone = (await h.storage.sessions.add(name="phone", role=Role.RESIDENT)).session
            login = (await h.storage.accounts.log_in(name="Minji", password=PASSWORD, address="10.0.0.2")).session
            await unlock_settings(h, "people")
            await until(lambda: h.shows(f"client-{phone.id}/more"))
            assert not h.shows(f"client-{login.id}/more")

            await tap(h, f"client-{phone.id}/more")
            await until(lambda: h.shows(f"client-{phone.id}/role"))
            h.panel._clients.changeRole(phone.id, 2)
            h.panel._clients.changeRole(login.id, 2)

            await until(lambda: h.storage.sessions.find(phone.id).role is Role.GUEST)  # type: ignore[union-attr]
            await until(lambda: any(text.startswith("Guest · last here") for text in h.texts()))
            assert h.storage.sessions.find(login.id) == login
            assert AuditEvent.CHANGED in await events(h)

    run(scene(), timeout_s=20)


def test_nobody_is_removed_or_let_in_again_while_the_gate_is_locked(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        resets: list[int] = []
        async with house(tmp_path, preferences=STILL, reset=lambda: resets.append(1)) as h:
            await with_owner(h)
            phone = (await h.storage.sessions.add(name="phone", role=Role.RESIDENT)).session
            (minji,) = await h.storage.accounts.all()

            h.panel._clients.remove(phone.id)
            h.panel._clients.changeRole(phone.id, 0)
            h.panel._people.add("Eve", PASSWORD, 0)
            h.panel._people.setPassword(minji.id, "another horse")
            h.panel._settings.reset()
            await asyncio.sleep(0)

            assert h.storage.sessions.all == [phone]
            assert await h.storage.accounts.all() == [minji]
            assert resets == []

    run(scene(), timeout_s=20)


def test_after_too_many_wrong_codes_pairing_is_allowed_again_at_the_wall(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            for _ in range(MOST_BY_ADDRESS[Secret.CODE]):
                h.storage.wrong_tries.tries.count(Secret.CODE, "10.0.0.9")
            await h.storage.wrong_tries.keep()
            await open_settings(h, "people")
            await until(lambda: h.shows("allow-pairing"))

            await tap(h, "allow-pairing")

            await until(lambda: not h.shows("allow-pairing"))
            h.desk.ask(name="phone", address="10.0.0.9")
            await until(lambda: h.shows("pairing-code"))

        async with house(tmp_path, preferences=STILL) as h:
            assert not h.storage.wrong_tries.tries.keeps_out(Secret.CODE)

    run(scene(), timeout_s=20)


def test_after_too_many_wrong_passwords_logins_are_allowed_again_at_the_wall(run: Run, tmp_path: Path) -> None:
    async def log_in(h: House, password: str) -> None:
        await h.storage.accounts.log_in(name="Minji", password=password, address="10.0.0.9")

    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await h.storage.accounts.add(name="Minji", password=PASSWORD, role=Role.OWNER, by="panel")
            await open_settings(h, "people")
            await until(lambda: h.shows("add-person"))
            assert not h.shows("logins-closed")
            for _ in range(MOST_BY_ADDRESS[Secret.PASSWORD]):
                with pytest.raises(WrongPasswordError):
                    await log_in(h, "wrong horse")
            with pytest.raises(TooManyTriesError):
                await log_in(h, PASSWORD)
            await until(lambda: h.shows("logins-closed"))
            assert not h.shows("pairing-closed")

            await tap(h, "allow-logins")

            await until(lambda: not h.shows("logins-closed"))
            await log_in(h, PASSWORD)

        async with house(tmp_path, preferences=STILL) as h:
            assert not h.storage.wrong_tries.tries.keeps_out(Secret.PASSWORD)

    run(scene(), timeout_s=30)


# The log


def test_the_log_tells_what_happened_at_the_wall_and_follows(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            add(h.home, "door", (Lock(id=C("lock")), LockState(bolt=Bolt.LOCKED)))
            h.adapter.silent.add(add(h.home, "shed", (Lock(id=C("lock")), LockState(bolt=Bolt.LOCKED))))
            await until(lambda: h.shows("tile-door") and h.shows("tile-shed"))
            await tap(h, "tile-door")
            await until(lambda: h.says("Keep pressed", "tile-door"))
            await h.press("tile-door", lambda: h.adapter.asked != [])
            h.desk.ask(name="Eve's phone", address="192.168.0.66")
            await until(lambda: h.shows("pairing-refuse"))
            await tap(h, "pairing-refuse")
            await until(lambda: not h.shows("pairing-refuse"))

            await open_settings(h, "log")

            await until(lambda: h.says("Eve's phone was refused") and h.says("door was unlocked"))
            assert any(text.endswith(" · at the panel · 192.168.0.66") for text in h.texts())
            h.panel._tiles.hold("shed")
            await until(lambda: h.says("shed was to be unlocked, but was not"), within_s=8)
            await h.storage.audit.add(AuditEvent.WRONG_CODE, address="10.0.0.9")
            await until(lambda: h.says("A wrong pairing code was typed"))
            h.panel._settings.chooseLanguage("ko")
            await until(lambda: h.says("Eve's phone: 연결을 거절했습니다") and h.says("door: 잠금을 열었습니다"))

    run(scene(), timeout_s=30)


def test_older_entries_are_fetched_when_asked_for(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            for number in range(70):
                await h.storage.audit.add(AuditEvent.PAIRED, about=f"phone {number}", detail=Role.GUEST)
            await open_settings(h, "log")
            await until(lambda: h.says("phone 69 was let in · Guest"))
            log = h.find("log")
            assert h.panel._log.rowCount() == 50

            log.setProperty("contentY", log.property("contentHeight") - log.height())
            await until(lambda: h.shows("log-older"))
            await tap(h, "log-older")

            await until(lambda: h.panel._log.rowCount() == 70)
            await until(lambda: not h.shows("log-older"))
            log.setProperty("contentY", log.property("contentHeight") - log.height())
            await until(lambda: h.says("phone 0 was let in · Guest"))

    run(scene(), timeout_s=20)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_event_has_words_and_none_is_left_in_its_own(run: Run, tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=Preferences(language=language, is_still=True)) as h:
            for event in AuditEvent:
                await h.storage.audit.add(event, who="Jun", about="<b>Minji</b>", detail="guest", address="10.0.0.9")
            h.panel._log.refresh()
            await until(lambda: h.panel._log.rowCount() == len(AuditEvent))

            roles = {bytes(name.data()): role for role, name in h.panel._log.roleNames().items()}
            texts = [str(h.panel._log.data(h.panel._log.index(n), roles[b"text"])) for n in range(len(AuditEvent))]

            assert all(texts) and not any("%" in text for text in texts)
            assert not any(
                event.value in text for event, text in zip(reversed(AuditEvent), texts, strict=True) if "_" in event
            )
            assert sum("<b>Minji</b>" in text for text in texts) >= 10

    run(scene(), timeout_s=20)


# Starting anew


def test_the_home_is_erased_by_a_long_press_only(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        resets: list[int] = []
        async with house(tmp_path, preferences=STILL, reset=lambda: resets.append(1)) as h:
            await with_owner(h)
            await unlock_settings(h, "panel")
            await until(lambda: h.shows("reset"))
            await tap(h, "reset")
            assert resets == []

            await h.press("reset", lambda: resets == [1])

    run(scene(), timeout_s=20)


def test_where_the_home_cannot_be_erased_that_is_not_offered(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=STILL) as h:
            await open_settings(h, "panel")
            await until(lambda: h.shows("theme"))
            assert not h.shows("reset")

    run(scene(), timeout_s=20)


# How it looks


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["ko", "en"])))
def test_all_of_it_is_large_enough_to_touch_and_nothing_is_cut(
    run: Run, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async def scene() -> None:
        preferences = Preferences(language=language, theme="light", is_still=True)
        async with house(tmp_path, size=size, preferences=preferences, offers_owner=True, reset=lambda: None) as h:
            await until(lambda: h.shows("owner-next"))
            await tap(h, "owner-next")
            await until(lambda: h.find("owner-name").property("problem") != "")
            expect_touchable_and_whole(h)
            h.panel._first_owner.enterLogin("민지", PASSWORD)
            await until(lambda: h.shows("pin-1"))
            expect_touchable_and_whole(h)
            expect_inside(h)
            h.panel._first_owner.close()
            await until(lambda: not h.shows("pin-1"))
            await open_settings(h, "connect")
            await until(lambda: h.shows("owner-banner"))
            expect_touchable_and_whole(h)

            await with_owner(h, "민지")
            await until(lambda: h.shows("gate"))
            expect_touchable_and_whole(h)
            expect_inside(h)
            phone = (await h.storage.sessions.add(name="할머니의 Galaxy S24 Ultra", role=Role.RESIDENT)).session
            await h.storage.accounts.log_in(name="민지", password=PASSWORD, address="fe80::1ff:fe23:4567:890a")
            for secret in Secret:
                for _ in range(MOST_BY_ADDRESS[secret]):
                    h.storage.wrong_tries.tries.count(secret, "10.0.0.9")
            h.panel._gate.enter(PIN)
            await until(lambda: h.shows("section-people"))
            h.panel._first_owner.look()
            await open_settings(h, "people")
            await until(lambda: h.shows("allow-pairing") and h.shows("allow-logins") and h.shows("choose-pin"))
            await until(lambda: h.panel._people.rowCount() == 1)
            h.find(f"client-{phone.id}").setProperty("isOpen", True)
            await until(lambda: h.shows(f"client-{phone.id}/role"))
            expect_touchable_and_whole(h)
            for section in ("log", "panel"):
                await open_settings(h, section)
                expect_touchable_and_whole(h)
            await open_settings(h, "people")
            (minji,) = await h.storage.accounts.all()
            for button, there in (
                (f"change-{minji.id}", "person-remove"),
                ("add-person", "person-add"),
                ("choose-pin", "pin-1"),
            ):
                await until(lambda button=button: h.shows(button))  # type: ignore[misc]
                h.find(button).clicked.emit()  # type: ignore[attr-defined]
                await until(lambda there=there: h.shows(there))  # type: ignore[misc]
                expect_touchable_and_whole(h)
                expect_inside(h)
                QTest.keyClick(h.window, Qt.Key.Key_Escape)
                await until(lambda there=there: not h.shows(there))  # type: ignore[misc]

    run(scene(), timeout_s=40)
