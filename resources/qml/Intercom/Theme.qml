pragma Singleton
import QtQuick

// The one source of colours, sizes and times, and of what follows from the window's size.
Tokens {
    id: theme

    property real windowWidth: 1280
    property real windowHeight: 800
    property real keyboardHeight: 0
    property real neededLift: 0

    readonly property bool isPortrait: windowHeight > windowWidth
    readonly property bool isWide: windowWidth >= 1000 && !isPortrait
    readonly property bool isShort: windowHeight < 560
    readonly property bool isSmall: windowHeight < 560 || windowWidth < 560
    readonly property real roomHeight: windowHeight - keyboardHeight
    readonly property real lift: Math.min(neededLift, keyboardHeight)
    readonly property int margin: isWide ? 28 : 18
    readonly property int tileGap: isSmall ? gapSmall : gap
    readonly property int tileHeight: windowHeight >= 720 ? 172 : isShort ? 124 : 150
    readonly property string iconFamily: "lucide"

    function accent(tone: string): color {
        switch (tone) {
        case "amber":
            return theme.amber;
        case "blue":
            return theme.blue;
        case "green":
            return theme.green;
        case "red":
            return theme.red;
        default:
            return theme.dimInk;
        }
    }

    function fill(tone: string): color {
        switch (tone) {
        case "amber":
            return theme.amberFill;
        case "blue":
            return theme.blueFill;
        case "green":
            return theme.greenFill;
        case "red":
            return theme.redFill;
        default:
            return theme.inset;
        }
    }
}
