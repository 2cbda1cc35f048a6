"""The words and icons for what devices say, in English source text (`resources/i18n` holds the translations)."""

from __future__ import annotations

from dataclasses import dataclass

from intercom.home.capabilities import Bolt, Guard, Work


@dataclass(frozen=True, slots=True)
class Words:
    """A phrase to translate.

    Attributes:
        text: the English source text, with `%1`, `%2` where the arguments go.
        args: literal texts (already formatted numbers, a device's own words).
        at: seconds since the epoch, shown as a local time of day in place of `%1`.
    """

    text: str
    args: tuple[str, ...] = ()
    at: float | None = None


def literal(text: str) -> Words:
    """Return a device's own words, which nobody translates."""
    return Words("%1", (text,))


@dataclass(frozen=True, slots=True)
class Sense:
    """How a binary sensor of one device class looks.

    Attributes:
        alarms: on is something to look at; otherwise on is merely a fact.
        guards: off is safe and shut.
    """

    on: str
    off: str
    icon: str
    alarms: bool = False
    guards: bool = False


SENSES: dict[str | None, Sense] = {
    None: Sense("On", "Off", "circle-dot"),
    "battery": Sense("Low", "Normal", "battery-low", alarms=True),
    "battery_charging": Sense("Charging", "Not charging", "battery-charging"),
    "carbon_monoxide": Sense("Carbon monoxide!", "Clear", "alarm-smoke", alarms=True, guards=True),
    "cold": Sense("Cold", "Normal", "snowflake", alarms=True),
    "connectivity": Sense("Connected", "Disconnected", "wifi"),
    "door": Sense("Open", "Closed", "door-closed", alarms=True, guards=True),
    "garage_door": Sense("Open", "Closed", "warehouse", alarms=True, guards=True),
    "gas": Sense("Gas!", "Clear", "flame", alarms=True, guards=True),
    "heat": Sense("Hot", "Normal", "thermometer-sun", alarms=True),
    "light": Sense("Light", "Dark", "sun"),
    "lock": Sense("Unlocked", "Locked", "lock", alarms=True, guards=True),
    "moisture": Sense("Wet", "Dry", "droplets", alarms=True, guards=True),
    "motion": Sense("Motion", "No motion", "footprints"),
    "moving": Sense("Moving", "Still", "vibrate"),
    "occupancy": Sense("Occupied", "Empty", "user"),
    "opening": Sense("Open", "Closed", "door-closed", alarms=True, guards=True),
    "plug": Sense("Plugged in", "Unplugged", "plug"),
    "power": Sense("Power", "No power", "zap"),
    "presence": Sense("Home", "Away", "user"),
    "problem": Sense("Problem", "OK", "triangle-alert", alarms=True),
    "running": Sense("Running", "Not running", "play"),
    "safety": Sense("Unsafe", "Safe", "shield-alert", alarms=True, guards=True),
    "smoke": Sense("Smoke!", "Clear", "alarm-smoke", alarms=True, guards=True),
    "sound": Sense("Sound", "Quiet", "volume-2"),
    "tamper": Sense("Tampered with", "Untouched", "shield-alert", alarms=True),
    "update": Sense("Update available", "Up to date", "package"),
    "vibration": Sense("Vibration", "Still", "vibrate"),
    "window": Sense("Open", "Closed", "app-window", alarms=True, guards=True),
}

SENSOR_ICONS: dict[str, str] = {
    "apparent_power": "zap",
    "aqi": "leaf",
    "atmospheric_pressure": "gauge",
    "battery": "battery",
    "carbon_dioxide": "leaf",
    "carbon_monoxide": "alarm-smoke",
    "current": "zap",
    "date": "clock",
    "distance": "ruler",
    "duration": "timer",
    "energy": "zap",
    "frequency": "activity",
    "gas": "flame",
    "humidity": "droplets",
    "illuminance": "sun",
    "moisture": "droplets",
    "pm1": "leaf",
    "pm10": "leaf",
    "pm25": "leaf",
    "power": "zap",
    "pressure": "gauge",
    "signal_strength": "signal",
    "sound_pressure": "volume-2",
    "speed": "gauge",
    "temperature": "thermometer",
    "timestamp": "clock",
    "volatile_organic_compounds": "leaf",
    "voltage": "zap",
    "volume": "droplet",
    "water": "droplet",
    "weight": "weight",
    "wind_speed": "wind",
}

CLASSES: dict[str, str] = {
    "apparent_power": "Apparent power",
    "aqi": "Air quality",
    "atmospheric_pressure": "Air pressure",
    "battery": "Battery",
    "battery_charging": "Battery charging",
    "carbon_dioxide": "Carbon dioxide",
    "carbon_monoxide": "Carbon monoxide",
    "cold": "Low temperature",
    "connectivity": "Connection",
    "current": "Current",
    "date": "Date",
    "distance": "Distance",
    "door": "Door",
    "duration": "Duration",
    "energy": "Energy",
    "frequency": "Frequency",
    "garage_door": "Garage door",
    "gas": "Gas",
    "heat": "High temperature",
    "humidity": "Humidity",
    "illuminance": "Brightness",
    "irradiance": "Irradiance",
    "light": "Light sensor",
    "lock": "Lock",
    "moisture": "Moisture",
    "motion": "Motion sensor",
    "moving": "Movement",
    "nitrogen_dioxide": "Nitrogen dioxide",
    "occupancy": "Occupancy",
    "opening": "Opening",
    "ozone": "Ozone",
    "ph": "Acidity",
    "plug": "Plug",
    "pm1": "Fine dust PM1",
    "pm10": "Fine dust PM10",
    "pm25": "Fine dust PM2.5",
    "power": "Electric power",
    "power_factor": "Power factor",
    "precipitation": "Rain",
    "presence": "Presence",
    "pressure": "Pressure",
    "problem": "Trouble",
    "reactive_power": "Reactive power",
    "running": "Operation",
    "safety": "Safety",
    "signal_strength": "Signal",
    "smoke": "Smoke",
    "sound": "Noise",
    "sound_pressure": "Loudness",
    "speed": "Speed",
    "tamper": "Tampering",
    "temperature": "Temperature",
    "timestamp": "Time",
    "update": "Update",
    "vibration": "Vibration sensor",
    "volatile_organic_compounds": "Volatile compounds",
    "volatile_organic_compounds_parts": "Volatile compounds",
    "voltage": "Voltage",
    "volume": "Volume",
    "water": "Water",
    "weight": "Weight",
    "wind_speed": "Wind",
    "window": "Window",
}
"""What a sensor or binary sensor of a device class is called when its device gives it no name."""

COVER_ICONS: dict[str | None, str] = {
    None: "blinds",
    "awning": "blinds",
    "damper": "air-vent",
    "door": "door-closed",
    "garage": "warehouse",
    "gate": "warehouse",
    "window": "app-window",
}

MODES: dict[str, str] = {
    "auto": "Auto",
    "away": "Away",
    "boost": "Boost",
    "comfort": "Comfort",
    "cool": "Cool",
    "dry": "Dry",
    "eco": "Eco",
    "electric": "Electric",
    "emergency_heating": "Emergency heating",
    "fan_only": "Fan only",
    "gas": "Gas",
    "heat": "Heat",
    "heat_cool": "Heat and cool",
    "heat_pump": "Heat pump",
    "high": "High",
    "high_demand": "High demand",
    "home": "Home",
    "low": "Low",
    "manual": "Manual",
    "medium": "Medium",
    "none": "None",
    "normal": "Normal",
    "off": "Off",
    "on": "On",
    "performance": "Performance",
    "quiet": "Quiet",
    "sleep": "Sleep",
    "standard": "Standard",
    "turbo": "Turbo",
}
"""What modes and presets are called; a device's own words stand for themselves."""

ACTIONS: dict[str, str] = {
    "cooling": "cooling",
    "defrosting": "defrosting",
    "drying": "drying",
    "fan": "fan running",
    "heating": "heating",
    "humidifying": "humidifying",
    "idle": "idle",
    "preheating": "preheating",
}

BOLTS: dict[Bolt, str] = {
    Bolt.LOCKED: "Locked",
    Bolt.UNLOCKED: "Unlocked",
    Bolt.LOCKING: "locking…",
    Bolt.UNLOCKING: "unlocking…",
    Bolt.OPENING: "opening…",
    Bolt.OPEN: "Open",
    Bolt.JAMMED: "Jammed",
}

GUARDS: dict[Guard, str] = {
    Guard.DISARMED: "Disarmed",
    Guard.ARMED_HOME: "Armed, home",
    Guard.ARMED_AWAY: "Armed, away",
    Guard.ARMED_NIGHT: "Armed, night",
    Guard.ARMED_VACATION: "Armed, vacation",
    Guard.ARMED_CUSTOM: "Armed, custom",
    Guard.PENDING: "Entry delay",
    Guard.ARMING: "arming…",
    Guard.DISARMING: "disarming…",
    Guard.TRIGGERED: "Alarm!",
}

WORKS: dict[Work, str] = {
    Work.WORKING: "Working",
    Work.DOCKED: "Docked",
    Work.IDLE: "Idle",
    Work.PAUSED: "Paused",
    Work.RETURNING: "Returning",
    Work.ERROR: "Needs help",
}

_AREA_ICONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("bath", ("bath", "shower", "toilet", "wc", "욕실", "화장실")),
    ("cooking-pot", ("kitchen", "주방", "부엌")),
    ("utensils", ("dining", "식당")),
    ("sofa", ("living", "lounge", "거실")),
    ("baby", ("child", "kid", "nursery", "baby", "아이", "아기")),
    ("bed-double", ("bed", "안방", "침실")),
    ("door-open", ("entr", "hall", "corridor", "현관", "복도")),
    ("book-open", ("study", "office", "library", "서재", "공부")),
    ("washing-machine", ("laundry", "utility", "세탁", "다용도")),
    ("shirt", ("dress", "closet", "wardrobe", "드레스", "옷방")),
    ("trees", ("garden", "yard", "outdoor", "정원", "마당")),
    ("sun-dim", ("balcony", "terrace", "veranda", "베란다", "발코니", "테라스")),
    ("car", ("garage", "parking", "차고", "주차")),
    ("archive", ("storage", "cellar", "attic", "basement", "창고", "지하")),
)


def area_icon(name: str) -> str:
    """Return the icon for an area that nobody chose one for, from its name in Korean or English."""
    lower = name.casefold()
    return next((icon for icon, marks in _AREA_ICONS if any(mark in lower for mark in marks)), "house")


PHRASES: tuple[str, ...] = (
    "%1",
    "%1 % open",
    "%1 at %2",
    "%1 on",
    "All off",
    "Asks for a code",
    "Cannot be reached",
    "Closed",
    "Install %1",
    "Installing… %1 %",
    "Message",
    "Never",
    "No news since %1",
    "No picture yet",
    "No state yet",
    "Off",
    "On",
    "Open",
    "Press",
    "Set to %1",
    "Speed %1",
    "Speed %1 %",
    "Stopped",
    "Up to date",
    "arming…",
    "assumed",
    "at home",
    "away",
    "closing…",
    "disarming…",
    "installing…",
    "locking…",
    "opening…",
    "setting…",
    "at %1",
    "turning off…",
    "turning on…",
    "unlocking…",
)
"""The phrases that tiles are made of, apart from the tables above."""


def mode_words(mode: str) -> Words:
    """Return the words for a mode or preset, or the device's own."""
    known = MODES.get(mode)
    return Words(known) if known else literal(mode)


def all_texts() -> frozenset[str]:
    """Return every source text that a tile can show, for the catalogue to cover."""
    texts = {*PHRASES, *MODES.values(), *ACTIONS.values(), *BOLTS.values(), *GUARDS.values(), *WORKS.values()}
    texts.update(CLASSES.values())
    for sense in SENSES.values():
        texts |= {sense.on, sense.off}
    return frozenset(texts)


def all_icons() -> frozenset[str]:
    """Return every icon that these tables name."""
    return frozenset({sense.icon for sense in SENSES.values()} | {*SENSOR_ICONS.values(), *COVER_ICONS.values()})
