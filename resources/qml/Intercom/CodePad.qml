pragma ComponentBehavior: Bound
import QtQuick

// A code, typed with a finger.
Column {
    id: pad

    property string code: ""

    readonly property list<string> keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"]

    spacing: 8

    Ink {
        font.letterSpacing: 6
        font.pixelSize: 26
        height: 34
        horizontalAlignment: Text.AlignHCenter
        color: pad.code.length > 0 ? Theme.ink : Theme.dimInk
        text: pad.code.length > 0 ? "•".repeat(pad.code.length) : qsTr("Code")
        width: parent.width
    }

    Grid {
        anchors.horizontalCenter: parent.horizontalCenter
        columns: Theme.isShort ? 6 : 3
        spacing: 8

        Repeater {
            model: pad.keys

            Pill {
                required property string modelData

                height: 56
                name: modelData === "⌫" ? "delete" : ""
                opacity: modelData.length > 0 ? 1 : 0
                text: modelData === "⌫" ? "" : modelData
                width: 92
                Accessible.name: modelData === "⌫" ? qsTr("Delete") : modelData
                enabled: modelData.length > 0

                onClicked: pad.code = modelData === "⌫" ? pad.code.slice(0, -1) : pad.code + modelData
            }
        }
    }
}
