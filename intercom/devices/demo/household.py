"""The pretend household: which things stand where, and what they are called in Korean or English."""

from __future__ import annotations

from enum import StrEnum

from intercom.devices.demo.air import AirConditioner, AirHumidifier, Boiler, Circulator, FloorHeating, RangeHood
from intercom.devices.demo.guards import AlarmPanel, DoorStation, MotionDetector, SirenHorn
from intercom.devices.demo.lights import DimmerLight, JsonLight, SilentLight, TemplateLight
from intercom.devices.demo.movers import Blind, Curtain, DoorLock, GasValve, LawnMower, VacuumRobot
from intercom.devices.demo.outlets import FadingPlug, PowerStrip, SmartPlug
from intercom.devices.demo.scenes import SceneButtons
from intercom.devices.demo.sensors import AirSensor, Detector, InfraredHub, Phone, Remote
from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Identity, Thing
from intercom.devices.demo.wall_switch import WallSwitch


class Tongue(StrEnum):
    """The language in which things are named."""

    KOREAN = "ko"
    ENGLISH = "en"


def household(stage: Stage, tongue: Tongue, *, start_hour: float) -> list[Thing]:
    """Furnish the home; nothing lives before its `start()`. `start_hour`: at which hour of day the play begins."""
    is_korean = tongue is Tongue.KOREAN

    def says(korean: str, english: str) -> str:
        return korean if is_korean else english

    living, bedroom, kitchen, bath, entrance, study = (
        says("거실", "Living room"),
        says("안방", "Bedroom"),
        says("주방", "Kitchen"),
        says("욕실", "Bathroom"),
        says("현관", "Entrance"),
        says("서재", "Study"),
    )

    def who(key: str, area: str, korean: str, english: str, model: str, maker: str = "Haneul") -> Identity:
        return Identity(key=key, name=says(korean, english), area=area, maker=maker, model=model)

    ceiling = JsonLight(stage, who("living_ceiling", living, "천장 조명", "Ceiling light", "HL-201"))
    mood = JsonLight(
        stage,
        who("living_mood", living, "무드 조명", "Mood light", "HL-350"),
        effects=("candle", "rainbow", "sunset"),
        has_color=True,
    )
    bedside = DimmerLight(stage, who("bedroom_light", bedroom, "침대 조명", "Bedside light", "D1", "Dalbit"))
    lamp = TemplateLight(stage, who("study_lamp", study, "책상 스탠드", "Desk lamp", "T-8", "Dalbit"))
    air_conditioner = AirConditioner(
        stage,
        who("living_aircon", living, "에어컨", "Air conditioner", "AC-18", "Baram"),
        power_name=says("소비 전력", "Power"),
    )
    wall_switch = WallSwitch(stage, host="pretend-sw2", name=says("안방 벽 스위치", "Bedroom wall switch"), way=2)

    station = DoorStation(
        stage,
        who("entrance_station", entrance, "초인종", "Door station", "DS-1", "Anjeon"),
        names={"bell": says("벨", "Bell"), "picture": says("현관 카메라", "Door camera")},
        start_hour=start_hour,
    )

    def all_off() -> None:
        ceiling.be({"state": "OFF"})
        mood.be({"state": "OFF"})
        bedside.turn(on=False)
        lamp.turn(on=False)
        wall_switch.all_off()

    return [
        ceiling,
        mood,
        Curtain(stage, who("living_curtain", living, "커튼", "Curtain", "CM-1", "Baram")),
        air_conditioner,
        AirSensor(
            stage,
            who("living_air", living, "공기질", "Air quality", "AQ-4", "Dalbit"),
            keys=("temperature", "humidity", "co2", "pm25"),
        ),
        VacuumRobot(stage, who("living_vacuum", living, "로봇청소기", "Robot vacuum", "RV-7", "Gureum")),
        InfraredHub(
            stage,
            who("living_infrared", living, "만능 리모컨", "Remote hub", "IR-2", "Gureum"),
            names={
                "emitter": says("리모컨 신호 보내기", "Send a code"),
                "receiver": says("배운 신호", "Learnt code"),
                "power": says("TV 전원", "TV power"),
                "display": says("화면 글", "Display text"),
            },
        ),
        bedside,
        Blind(stage, who("bedroom_blind", bedroom, "블라인드", "Blind", "BL-3", "Baram")),
        FloorHeating(stage, who("bedroom_heating", bedroom, "바닥 난방", "Floor heating", "TH-5")),
        AirHumidifier(stage, who("bedroom_humidifier", bedroom, "가습기", "Humidifier", "HM-2", "Baram")),
        wall_switch,
        GasValve(stage, who("kitchen_gas", kitchen, "가스 밸브", "Gas valve", "GV-1", "Anjeon")),
        PowerStrip(
            stage,
            who("kitchen_strip", kitchen, "멀티탭", "Power strip", "PS-4"),
            outlet_name=says("콘센트", "Outlet"),
            lock_name=says("어린이 잠금", "Child lock"),
        ),
        RangeHood(
            stage,
            who("kitchen_hood", kitchen, "주방 후드", "Range hood", "RH-3", "Baram"),
            light_name=says("조명", "Light"),
        ),
        Detector(
            stage,
            who("kitchen_leak", kitchen, "누수 감지기", "Leak detector", "WL-1", "Anjeon"),
            device_class="moisture",
            happens_every_s=900,
        ),
        Boiler(stage, who("kitchen_boiler", kitchen, "보일러", "Boiler", "NB-20", "Onsu")),
        SilentLight(stage, who("bath_mirror", bath, "거울 조명", "Mirror light", "ML-1")),
        AirSensor(
            stage,
            who("bath_climate", bath, "욕실 온습도", "Bathroom climate", "TH-1", "Dalbit"),
            keys=("temperature", "humidity"),
        ),
        DoorLock(stage, who("entrance_lock", entrance, "도어락", "Door lock", "DL-9", "Anjeon")),
        station,
        AlarmPanel(
            stage,
            who("entrance_alarm", entrance, "방범", "Alarm", "AP-1", "Anjeon"),
            code_name=says("체험용 암호", "Demo code"),
        ),
        SirenHorn(stage, who("entrance_siren", entrance, "사이렌", "Siren", "SR-1", "Anjeon")),
        MotionDetector(stage, who("entrance_motion", entrance, "현관 동작 감지", "Entrance motion", "MD-2", "Anjeon")),
        Phone(stage, who("phone_minji", entrance, "민지 휴대폰", "Minji's phone", "Phone", "Gureum")),
        SceneButtons(
            stage,
            who("entrance_scenes", entrance, "일괄 스위치", "Whole home", "SB-1"),
            names={"all_off": says("모두 끄기", "All off"), "test": says("초인종 시험", "Test the bell")},
            all_off=all_off,
            test=station.ring,
        ),
        LawnMower(stage, who("garden_mower", entrance, "잔디깎이", "Lawn mower", "LM-1", "Gureum")),
        SmartPlug(
            stage,
            who("study_plug", study, "서재 콘센트", "Study outlet", "SP-2"),
            names={
                "behaviour": says("정전 뒤 동작", "After a power cut"),
                "delay": says("자동 꺼짐", "Turn off after"),
                "label": says("이름표", "Label"),
                "firmware": says("펌웨어", "Firmware"),
            },
        ),
        lamp,
        Circulator(stage, who("study_circulator", study, "서큘레이터", "Air circulator", "FC-5", "Baram")),
        Detector(
            stage,
            who("study_window", study, "창문", "Window", "WD-1", "Anjeon"),
            device_class="window",
            happens_every_s=300,
        ),
        Remote(stage, who("study_remote", study, "무선 버튼", "Wireless button", "WB-2")),
        FadingPlug(stage, who("study_printer", study, "프린터 콘센트", "Printer outlet", "SP-1")),
    ]
