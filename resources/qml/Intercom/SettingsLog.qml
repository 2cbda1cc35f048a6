pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The audit log, the newest first.
ListView {
    id: list

    required property LogModel log

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    model: list.log
    objectName: "log"
    spacing: 8

    ScrollBar.vertical: ScrollBar {
        policy: ScrollBar.AsNeeded
        width: 8
    }
    delegate: Rectangle {
        id: entry

        required property int index
        required property string text
        required property string words
        required property string glyph
        required property string tone

        color: Theme.tile
        height: lines.implicitHeight + 24
        objectName: "log-" + entry.index
        radius: Theme.radiusInset
        width: list.width

        Icon {
            id: sign

            anchors.verticalCenter: parent.verticalCenter
            color: entry.tone.length > 0 ? Theme.accent(entry.tone) : Theme.dimInk
            glyph: entry.glyph
            size: 22
            x: 18
        }

        Column {
            id: lines

            anchors.left: sign.right
            anchors.leftMargin: 16
            anchors.right: parent.right
            anchors.rightMargin: 18
            anchors.verticalCenter: parent.verticalCenter
            spacing: 3

            Ink {
                color: entry.tone.length > 0 ? Theme.accent(entry.tone) : Theme.ink
                maximumLineCount: 3
                text: entry.text
                width: parent.width
                wrapMode: Text.Wrap
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSmall
                maximumLineCount: 2
                text: entry.words
                width: parent.width
                wrapMode: Text.Wrap
            }
        }
    }
    footer: Item {
        height: list.log.hasOlder ? Theme.touch + 28 : 20
        width: list.width

        Pill {
            anchors.horizontalCenter: parent.horizontalCenter
            name: "chevron-down"
            objectName: "log-older"
            surface: Theme.tile
            text: qsTr("Older")
            visible: list.log.hasOlder
            y: 12

            onClicked: list.log.showOlder()
        }
    }

    Component.onCompleted: list.log.watch(true)
    Component.onDestruction: list.log.watch(false)

    Ink {
        color: Theme.dimInk
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("Nothing has happened yet")
        visible: list.log.count === 0
        width: parent.width
        y: 24
    }
}
