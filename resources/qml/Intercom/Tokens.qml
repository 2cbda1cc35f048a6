// Made from resources/theme.json by packaging/tokens.py.
import QtQuick

QtObject {
    property bool isDark: true
    property bool isStill: false

    readonly property color background: isDark ? "#101417" : "#eef1f2"
    readonly property color rail: isDark ? "#161b1f" : "#e4e9eb"
    readonly property color tile: isDark ? "#1e252a" : "#ffffff"
    readonly property color inset: isDark ? "#273038" : "#f2f5f6"
    readonly property color ink: isDark ? "#eef2f4" : "#172026"
    readonly property color dimInk: isDark ? "#9fadb6" : "#5a6a73"
    readonly property color line: isDark ? "#2c363d" : "#d5dde1"
    readonly property color onAccent: isDark ? "#101417" : "#ffffff"
    readonly property color amber: isDark ? "#ffc46b" : "#a86300"
    readonly property color amberFill: isDark ? "#3d3220" : "#fff0d6"
    readonly property color blue: isDark ? "#7cc4ff" : "#0a66b0"
    readonly property color blueFill: isDark ? "#1d3244" : "#e0f0fd"
    readonly property color green: isDark ? "#7ee0a8" : "#13764a"
    readonly property color greenFill: isDark ? "#1b372a" : "#dcf5e7"
    readonly property color red: isDark ? "#ff8f84" : "#b3392b"
    readonly property color redFill: isDark ? "#43251f" : "#fde4e0"
    readonly property color teal: isDark ? "#5fd0c5" : "#0b7a72"
    readonly property color tealFill: isDark ? "#17393a" : "#d9f2ef"
    readonly property color scrim: isDark ? "#b806080a" : "#80172026"

    readonly property int radiusTile: 22
    readonly property int radiusSheet: 32
    readonly property int radiusInset: 16
    readonly property int gap: 14
    readonly property int gapSmall: 12
    readonly property int touch: 48
    readonly property int touchHurried: 64
    readonly property int touchCall: 112
    readonly property int icon: 24
    readonly property int iconCircle: 46
    readonly property int textClock: 62
    readonly property int textNumber: 38
    readonly property int textTitle: 27
    readonly property int textName: 18
    readonly property int textBody: 17
    readonly property int textSecond: 15
    readonly property int textSmall: 14

    readonly property int quickMs: isStill ? 0 : 150
    readonly property int calmMs: isStill ? 0 : 220
    readonly property int pendingRoundMs: isStill ? 0 : 1600

    readonly property int holdMs: 1000
    readonly property int askingMs: 5000
    readonly property int toastMs: 6000
}
