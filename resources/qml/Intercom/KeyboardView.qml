pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The keyboard at the lower edge. It is a popup, so that it can be touched over one that is modal.
Popup {
    id: view

    required property Keyboard keyboard

    readonly property real keyHeight: Math.round(Math.max(52, Math.min(72, Theme.windowHeight / 12.5)))
    readonly property real unit: Math.floor(Math.min(Theme.windowWidth, Theme.windowHeight >= 1000 ? 1200 : 1000) / 10)
    readonly property color quiet: Theme.isDark ? Theme.tile : Theme.line
    property real raised: view.keyboard.isUp ? view.height : 0

    bottomPadding: 4
    closePolicy: Popup.NoAutoClose
    focus: false
    height: 4 * view.keyHeight + view.topPadding + view.bottomPadding
    horizontalPadding: (view.width - 10 * view.unit) / 2
    modal: false
    parent: Overlay.overlay
    topPadding: 6
    visible: view.raised > 0
    width: Theme.windowWidth
    y: Theme.windowHeight - view.raised
    z: 900

    background: Rectangle {
        color: Theme.rail

        Rectangle {
            color: Theme.line
            height: 1
            width: parent.width
        }
    }
    contentItem: Column {
        Accessible.name: qsTr("Keyboard")
        Accessible.role: Accessible.Grouping
        objectName: "keyboard"

        KeyRow {
            anchors.horizontalCenter: parent.horizontalCenter
            keyHeight: view.keyHeight
            keyWidth: view.unit
            keys: view.keyboard.upperKeys

            onPressed: key => view.keyboard.write(key)
        }

        KeyRow {
            anchors.horizontalCenter: parent.horizontalCenter
            keyHeight: view.keyHeight
            keyWidth: view.unit
            keys: view.keyboard.middleKeys

            onPressed: key => view.keyboard.write(key)
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter

            Key {
                Accessible.checkable: true
                Accessible.checked: view.keyboard.isShifted
                Accessible.name: view.keyboard.hasSymbols ? qsTr("More symbols") : view.keyboard.isLocked ? qsTr("Shift, locked") : qsTr("Shift")
                height: view.keyHeight
                ink: view.keyboard.isShifted ? Theme.teal : Theme.ink
                name: view.keyboard.hasSymbols ? "" : view.keyboard.isLocked ? "arrow-big-up-dash" : "arrow-big-up"
                objectName: "key-shift"
                surface: view.keyboard.isShifted ? Theme.tealFill : view.quiet
                text: view.keyboard.isShifted ? "123" : "={}"
                textSize: 16
                weight: Font.DemiBold
                width: 1.5 * view.unit

                onPressed: view.keyboard.shift()
            }

            KeyRow {
                keyHeight: view.keyHeight
                keyWidth: view.unit
                keys: view.keyboard.lowerKeys

                onPressed: key => view.keyboard.write(key)
            }

            Key {
                Accessible.name: qsTr("Delete")
                autoRepeat: true
                height: view.keyHeight
                name: "delete"
                objectName: "key-erase"
                surface: view.quiet
                width: 1.5 * view.unit

                onPressed: view.keyboard.erase()
            }
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter

            Key {
                Accessible.name: view.keyboard.hasSymbols ? qsTr("Letters") : qsTr("Digits and symbols")
                height: view.keyHeight
                objectName: "key-page"
                surface: view.quiet
                text: !view.keyboard.hasSymbols ? "?123" : view.keyboard.isKorean ? "가나다" : "ABC"
                textSize: 16
                weight: Font.DemiBold
                width: 1.5 * view.unit

                onPressed: view.keyboard.changePage()
            }

            Key {
                Accessible.name: qsTr("Another language")
                height: view.keyHeight
                name: "globe"
                objectName: "key-language"
                surface: view.quiet
                visible: view.keyboard.takesKorean
                width: view.unit

                onPressed: view.keyboard.changeLanguage()
            }

            KeyRow {
                keyHeight: view.keyHeight
                keyWidth: view.unit
                keys: [","]

                onPressed: key => view.keyboard.write(key)
            }

            Key {
                Accessible.name: qsTr("Space")
                height: view.keyHeight
                ink: Theme.dimInk
                objectName: "key-space"
                text: view.keyboard.isKorean ? "한국어" : "English"
                textSize: Theme.textSecond
                width: (view.keyboard.takesKorean ? 3.5 : 4.5) * view.unit

                onPressed: view.keyboard.write(" ")
            }

            KeyRow {
                keyHeight: view.keyHeight
                keyWidth: view.unit
                keys: ["."]

                onPressed: key => view.keyboard.write(key)
            }

            Key {
                height: view.keyHeight
                ink: Theme.onAccent
                objectName: "key-done"
                surface: Theme.teal
                text: view.keyboard.isNext ? qsTr("Next") : qsTr("Done")
                textSize: 16
                weight: Font.DemiBold
                width: 2 * view.unit

                onClicked: view.keyboard.finish()
            }
        }
    }
    Behavior on raised {
        NumberAnimation {
            duration: Theme.calmMs
            easing.type: Easing.OutCubic
        }
    }

    Binding {
        property: "keyboardHeight"
        target: Theme
        value: view.raised
    }
}
