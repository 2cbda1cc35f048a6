"""The pretend household: it behaves as real things do, and the same way every time."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intercom.devices.demo.guards import AlarmPanel, DoorStation
from intercom.devices.demo.household import Tongue, household
from intercom.devices.demo.picture import door_picture
from intercom.devices.demo.stage import Stage
from intercom.devices.mqtt_packets import checked_filter, checked_topic


class Play:
    """A household on a stage, and all that was said on it."""

    def __init__(self, tongue: Tongue = Tongue.KOREAN, *, seed: int = 1) -> None:
        self.said: list[tuple[float, str, bytes]] = []
        self.stage = Stage(seed=seed, say=self._note)
        for thing in household(self.stage, tongue, start_hour=12):
            thing.start()
        self.stage.arrive()

    def _note(self, topic: str, payload: bytes, keep: bool) -> None:
        self.said.append((self.stage.now_s, topic, payload))

    def configs(self) -> dict[str, dict[str, Any]]:
        return {
            topic: json.loads(payload)
            for _, topic, payload in self.said
            if topic.startswith("homeassistant/") and topic.endswith("/config")
        }

    def ask(self, topic: str, text: str, *, then_wait_s: float = 1.0) -> None:
        self.stage.hear(topic, text.encode())
        self.wait(then_wait_s)

    def wait(self, seconds: float) -> None:
        self.stage.advance(self.stage.now_s + seconds)

    def last(self, topic: str) -> str:
        return next(payload for _, said, payload in reversed(self.said) if said == topic).decode()

    def value(self, topic: str, key: str) -> Any:
        return json.loads(self.last(topic))[key]

    def count(self, topic: str) -> int:
        return sum(said == topic for _, said, _ in self.said)


# The whole


def test_the_same_seed_gives_the_same_play() -> None:
    plays = [Play(seed=7), Play(seed=7), Play(seed=8)]

    for play in plays:
        play.ask("pretend/living_curtain/set/state", "CLOSE", then_wait_s=300)

    assert plays[0].said == plays[1].said
    assert plays[0].said != plays[2].said


@pytest.mark.parametrize(("tongue", "areas"), [
    (Tongue.KOREAN, {"거실", "안방", "주방", "욕실", "현관", "서재"}),
    (Tongue.ENGLISH, {"Living room", "Bedroom", "Kitchen", "Bathroom", "Entrance", "Study"}),
])  # fmt: skip
def test_every_device_says_in_which_of_six_areas_it_stands(tongue: Tongue, areas: set[str]) -> None:
    devices = [config.get("device") or config["dev"] for config in Play(tongue).configs().values()]

    assert {device.get("suggested_area") or device["sa"] for device in devices} == areas


def test_an_english_home_says_no_korean_word() -> None:
    text = json.dumps(Play(Tongue.ENGLISH).configs(), ensure_ascii=False)

    assert not [letter for letter in text if "가" <= letter <= "힣"]


def test_every_component_has_an_id_of_its_own() -> None:
    ids: list[str] = []
    for config in Play().configs().values():
        parts = config.get("cmps", {"": config}).values()
        ids += [part.get("unique_id") or part["uniq_id"] for part in parts if "automation_type" not in part]

    assert len(ids) == len(set(ids)) > 60


def test_it_speaks_and_listens_on_topics_that_brokers_take() -> None:
    play = Play()
    play.wait(3600)

    for _, topic, _ in play.said:
        checked_topic(topic)
    for topic in play.stage.topics:
        checked_filter(topic)


def test_a_home_left_alone_says_a_few_messages_a_second_at_most() -> None:
    play = Play()
    before = len(play.said)

    play.wait(3600)

    assert 0.5 < (len(play.said) - before) / 3600 < 4


_TOPICS = Play().stage.topics


_NONSENSE = (
    b"{}",
    b"[]",
    b'{"position": "x"}',
    b'{"state": 1, "brightness": null}',
    b'{"occupied_heating_setpoint": "warm", "local_temperature": null, "state_l1": 1}',
    b"nan",
    b"-1",
    b"\xc2\xb2",
    b"1e999",
)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(_TOPICS), st.binary() | st.text().map(str.encode) | st.sampled_from(_NONSENSE)),
        max_size=20,
    )
)
def test_whatever_a_thing_is_told_the_play_goes_on(told: list[tuple[str, bytes]]) -> None:
    play = Play()

    for topic, payload in told:
        play.stage.hear(topic, payload)
        play.wait(1)
    play.wait(120)


# The parts


def test_a_light_obeys_after_a_moment_and_keeps_what_it_was_not_asked() -> None:
    play = Play()

    play.ask("pretend/living_ceiling/set", '{"state": "ON", "brightness": 40}', then_wait_s=0.01)
    assert play.value("pretend/living_ceiling", "brightness") == 180

    play.wait(0.2)
    assert play.value("pretend/living_ceiling", "brightness") == 40
    assert play.value("pretend/living_ceiling", "color_temp") == 320


def test_a_colour_ends_an_effect() -> None:
    play = Play()
    play.ask("pretend/living_mood/set", '{"state": "ON", "effect": "candle"}')
    assert play.value("pretend/living_mood", "effect") == "candle"

    play.ask("pretend/living_mood/set", '{"state": "ON", "color": {"h": 200, "s": 90}}')

    assert play.value("pretend/living_mood", "effect") is None
    assert play.value("pretend/living_mood", "color") == {"h": 200, "s": 90}


def test_a_curtain_takes_its_time_and_can_be_stopped() -> None:
    play = Play()

    play.ask("pretend/living_curtain/set/state", "CLOSE", then_wait_s=3)
    assert play.value("pretend/living_curtain", "state") == "closing"
    assert 60 < play.value("pretend/living_curtain", "position") < 90

    play.ask("pretend/living_curtain/set/state", "STOP", then_wait_s=10)
    halfway = play.value("pretend/living_curtain", "position")
    assert play.value("pretend/living_curtain", "state") == "open"

    play.ask("pretend/living_curtain/set", '{"position": 10}', then_wait_s=10)
    assert halfway > play.value("pretend/living_curtain", "position") == 10


def test_the_slats_of_a_blind_tilt_while_it_stands_still() -> None:
    play = Play()

    play.ask("pretend/bedroom_blind/tilt/set", "100", then_wait_s=5)

    assert play.last("pretend/bedroom_blind/tilt") == "100"
    assert play.last("pretend/bedroom_blind/position") == "0"


def test_the_gas_is_shut_from_afar_and_opened_by_hand_only() -> None:
    play = Play()

    play.ask("pretend/kitchen_gas/do", "CLOSE", then_wait_s=3)
    assert play.last("pretend/kitchen_gas/state") == "closed"

    play.ask("pretend/kitchen_gas/do", "OPEN", then_wait_s=3)
    assert play.last("pretend/kitchen_gas/state") == "closed"

    play.wait(120)
    assert play.last("pretend/kitchen_gas/state") == "open"


def test_a_door_locks_itself_again() -> None:
    play = Play()

    play.ask("pretend/entrance_lock/lock", "UNLOCK", then_wait_s=0)
    assert play.value("pretend/entrance_lock", "lock") == "UNLOCKING"
    play.wait(2)
    assert play.value("pretend/entrance_lock", "lock") == "UNLOCKED"
    play.wait(40)
    assert play.value("pretend/entrance_lock", "lock") == "LOCKED"


def test_the_alarm_is_disarmed_with_its_code_only() -> None:
    play = Play()
    play.ask("pretend/entrance_alarm/do", '{"action": "ARM_AWAY", "code": "None"}', then_wait_s=20)
    assert play.last("pretend/entrance_alarm/state") == "armed_away"

    play.ask("pretend/entrance_alarm/do", '{"action": "DISARM", "code": "0000"}')
    assert play.last("pretend/entrance_alarm/state") == "armed_away"

    play.ask("pretend/entrance_alarm/do", json.dumps({"action": "DISARM", "code": AlarmPanel.CODE}))
    assert play.last("pretend/entrance_alarm/state") == "disarmed"


def test_the_siren_ends_by_itself() -> None:
    play = Play()

    play.ask("pretend/entrance_siren/do", '{"state": "ON", "tone": "fire", "duration": 5}', then_wait_s=1)
    assert play.last("pretend/entrance_siren/state") == "ON"
    play.wait(5)
    assert play.last("pretend/entrance_siren/state") == "OFF"


def test_floor_heating_warms_the_room_up_to_what_is_asked() -> None:
    play = Play()

    play.ask("pretend/bedroom_heating/set", '{"occupied_heating_setpoint": 24}', then_wait_s=600)
    assert 23.5 < play.value("pretend/bedroom_heating", "local_temperature") < 24.5

    play.ask("pretend/bedroom_heating/set", '{"system_mode": "off"}', then_wait_s=600)
    assert play.value("pretend/bedroom_heating", "running_state") == "off"
    assert play.value("pretend/bedroom_heating", "local_temperature") < 23.5


def test_the_robot_goes_home_when_it_is_told_to() -> None:
    play = Play()
    play.ask("pretend/living_vacuum/do", "start", then_wait_s=60)
    assert play.value("pretend/living_vacuum/state", "state") == "cleaning"

    play.ask("pretend/living_vacuum/do", "return_to_base", then_wait_s=1)
    assert play.value("pretend/living_vacuum/state", "state") == "returning"
    play.wait(10)
    assert play.value("pretend/living_vacuum/state", "state") == "docked"


def test_an_update_shows_how_far_it_is_and_ends() -> None:
    play = Play()

    play.ask("pretend/study_plug/install", "now", then_wait_s=5.5)
    assert play.value("pretend/study_plug/update", "update_percentage") == 50

    play.wait(10)
    assert play.value("pretend/study_plug/update", "installed_version") == "1.1.0"
    assert play.value("pretend/study_plug/update", "in_progress") is False


def test_the_bell_rings_by_itself_and_by_the_test_button_and_the_picture_shows_who_it_is() -> None:
    play = Play()
    empty = play.stage.kept["pretend/entrance_station/picture"]
    play.wait(DoorStation.FIRST_RING_S + 1)
    assert play.value("pretend/entrance_station/bell", "event_type") == "ring"
    assert play.stage.kept["pretend/entrance_station/picture"] != empty

    play.ask("pretend/entrance_scenes/test", "PRESS")
    assert play.count("pretend/entrance_station/bell") == 2
    assert "pretend/entrance_station/bell" not in play.stage.kept


def test_all_off_turns_every_light_off() -> None:
    play = Play()
    play.ask("pretend-sw2/action", "1")

    play.ask("pretend/entrance_scenes/all_off", "ON")

    assert play.value("pretend/living_ceiling", "state") == "OFF"
    assert play.value("pretend/living_mood", "state") == "OFF"
    assert play.last("pretend/study_lamp/is").startswith("off")
    assert play.value("state", "device_state") == "0000"


def test_one_light_never_answers() -> None:
    play = Play()

    play.ask("pretend/bath_mirror/set", "ON", then_wait_s=600)

    assert play.last("pretend/bath_mirror/state") == "OFF"
    assert play.count("pretend/bath_mirror/state") == 1


def test_one_outlet_comes_and_goes_and_obeys_only_while_it_is_there() -> None:
    play = Play()
    assert play.value("pretend/study_printer/reach", "state") == "online"
    play.wait(80)
    assert play.value("pretend/study_printer/reach", "state") == "offline"

    play.ask("pretend/study_printer/set", '{"state": "ON"}')
    assert play.value("pretend/study_printer", "state") == "OFF"

    play.wait(60)
    assert play.value("pretend/study_printer/reach", "state") == "online"
    play.ask("pretend/study_printer/set", '{"state": "ON"}')
    assert play.value("pretend/study_printer", "state") == "ON"


def test_the_ancestors_switch_introduces_itself_to_each_broker_and_toggles() -> None:
    play = Play()
    assert json.loads(play.last("regist")) == {
        "device_host": "pretend-sw2", "device_name": "안방 벽 스위치", "device_way": 2,
    }  # fmt: skip

    play.ask("pretend-sw2/action", "2")

    assert play.value("state", "device_state") == "0100"


def test_the_picture_is_a_png_that_can_be_unpacked() -> None:
    picture = door_picture(hour=3, has_visitor=True)

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack_from(">II", picture, 16)
    at = picture.index(b"IDAT")
    (size,) = struct.unpack_from(">I", picture, at - 4)
    assert len(zlib.decompress(picture[at + 4 : at + 4 + size])) == (width + 1) * height


def test_what_nests_too_deep_is_taken_no_notice_of() -> None:
    play, deep = Play(), "[" * 100_000

    for topic in play.stage.topics:
        play.stage.hear(topic, deep.encode())
