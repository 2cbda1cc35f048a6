import QtQuick
import Intercom.Models

// What is shown, and how it is there.
Item {
    id: head

    required property string title
    required property string summary
    required property bool hasLightsOn
    required property bool isHome
    required property WallClock clock
    required property PanelSettings settings

    signal lightsOffAsked
    signal settingsAsked
    signal homeAsked

    implicitHeight: Theme.touch

    IconButton {
        id: back

        anchors.left: parent.left
        anchors.leftMargin: -12
        anchors.verticalCenter: parent.verticalCenter
        name: "arrow-left"
        objectName: "back-button"
        text: qsTr("Back")
        visible: !head.isHome
        width: visible ? Theme.touch : 0

        onClicked: head.homeAsked()
    }

    Ink {
        id: titleLine

        anchors.left: back.visible ? back.right : parent.left
        anchors.leftMargin: back.visible ? 4 : 0
        anchors.verticalCenter: parent.verticalCenter
        font.pixelSize: Theme.isWide ? Theme.textTitle : 23
        font.weight: Font.DemiBold
        objectName: "title"
        text: head.title
        width: Math.min(implicitWidth, side.x - x - 12)
    }

    Ink {
        anchors.baseline: titleLine.baseline
        anchors.left: titleLine.right
        anchors.leftMargin: 14
        anchors.right: side.left
        anchors.rightMargin: 12
        color: Theme.dimInk
        font.pixelSize: 16
        text: head.summary
        visible: head.isHome && width >= implicitWidth
    }

    Row {
        id: side

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: 10

        Pill {
            name: "moon"
            objectName: "lights-off"
            surface: Theme.tile
            text: qsTr("Lights off")
            visible: head.isHome && head.hasLightsOn && Theme.windowWidth >= 700

            onClicked: head.lightsOffAsked()
        }

        Ink {
            anchors.verticalCenter: parent.verticalCenter
            font.pixelSize: 26
            font.weight: Font.Light
            leftPadding: 6
            text: head.clock.time
            visible: !Theme.isWide
        }

        IconButton {
            anchors.verticalCenter: parent.verticalCenter
            name: "settings"
            objectName: "settings-button"
            text: qsTr("Settings")
            visible: Theme.isPortrait

            onClicked: head.settingsAsked()

            Rectangle {
                color: head.settings.isLinked ? Theme.green : Theme.red
                height: 9
                radius: 4.5
                width: 9
                x: 34
                y: 6
            }

            NewsDot {
                visible: head.settings.hasNewVersion
            }
        }
    }
}
