pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The areas at the left: with clock and words where there is room, as icons where there is not.
Rectangle {
    id: rail

    required property AreaModel areas
    required property WallClock clock
    required property PanelSettings settings
    required property bool isHome

    signal areaChosen(int row)
    signal settingsAsked

    color: Theme.rail
    implicitWidth: Theme.isWide ? 264 : 76

    Column {
        id: clockBlock

        height: Theme.isWide ? implicitHeight : 0
        visible: Theme.isWide
        width: parent.width - 40
        x: 20
        y: 18

        Ink {
            font.letterSpacing: -2
            font.pixelSize: Theme.textClock
            font.weight: Font.Light
            objectName: "clock"
            text: rail.clock.time
            width: parent.width
        }

        Ink {
            color: Theme.dimInk
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.textSmall
            text: rail.clock.date
            width: parent.width
        }
    }

    ListView {
        id: list

        anchors.bottom: foot.top
        anchors.bottomMargin: 8
        anchors.left: parent.left
        anchors.margins: 12
        anchors.right: parent.right
        anchors.top: Theme.isWide ? clockBlock.bottom : parent.top
        anchors.topMargin: Theme.isWide ? 22 : 14
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        currentIndex: rail.areas.current
        highlightFollowsCurrentItem: false
        model: rail.areas
        spacing: 4

        delegate: AbstractButton {
            id: entry

            required property int index
            required property string areaId
            required property string name
            required property string glyph
            required property int onCount

            readonly property bool isCurrent: rail.isHome && entry.index === rail.areas.current

            Accessible.name: entry.onCount > 0 ? qsTr("%1, %2 on").arg(entry.name).arg(entry.onCount) : entry.name
            Accessible.role: Accessible.PageTab
            height: 52
            objectName: "area-" + entry.areaId
            width: ListView.view.width

            background: Rectangle {
                border.color: Theme.teal
                border.width: entry.visualFocus ? 2 : 0
                color: entry.isCurrent ? Theme.tealFill : entry.down ? Theme.tile : "transparent"
                radius: 16
            }
            contentItem: Item {
                Icon {
                    id: areaIcon

                    anchors.verticalCenter: parent.verticalCenter
                    color: entry.isCurrent ? Theme.teal : Theme.dimInk
                    glyph: entry.glyph
                    width: Theme.icon
                    x: 14
                }

                Ink {
                    anchors.left: areaIcon.right
                    anchors.leftMargin: 14
                    anchors.right: count.left
                    anchors.rightMargin: 8
                    anchors.verticalCenter: parent.verticalCenter
                    color: entry.isCurrent ? Theme.ink : Theme.dimInk
                    font.weight: entry.isCurrent ? Font.DemiBold : Font.Normal
                    text: entry.name
                    visible: Theme.isWide
                }

                Ink {
                    id: count

                    anchors.right: parent.right
                    anchors.rightMargin: Theme.isWide ? 14 : 4
                    color: Theme.amber
                    font.pixelSize: Theme.isWide ? Theme.textSecond : Theme.textSmall
                    font.weight: Theme.isWide ? Font.Normal : Font.DemiBold
                    text: entry.onCount > 0 ? entry.onCount : ""
                    y: Theme.isWide ? (parent.height - height) / 2 : 3
                }
            }

            onClicked: rail.areaChosen(entry.index)
        }
    }

    Item {
        id: foot

        anchors.bottom: parent.bottom
        anchors.bottomMargin: 10
        height: 52
        width: parent.width

        Row {
            anchors.verticalCenter: parent.verticalCenter
            spacing: 10
            visible: Theme.isWide
            x: 20

            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                color: rail.settings.isLinked ? Theme.green : Theme.red
                height: 9
                radius: 4.5
                width: 9
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSmall
                text: (rail.settings.isLinked ? qsTr("Connected") : qsTr("No link")) + " · " + (rail.areas.deviceCount === 1 ? qsTr("1 device") : qsTr("%1 devices").arg(rail.areas.deviceCount))
                width: Math.min(implicitWidth, 160)
            }
        }

        IconButton {
            anchors.verticalCenter: parent.verticalCenter
            ink: rail.isHome ? Theme.dimInk : Theme.teal
            name: "settings"
            objectName: "settings-button"
            surface: rail.isHome ? "transparent" : Theme.tealFill
            text: qsTr("Settings")
            x: Theme.isWide ? parent.width - width - 8 : (parent.width - width) / 2

            onClicked: rail.settingsAsked()

            Rectangle {
                color: rail.settings.isLinked ? Theme.green : Theme.red
                height: 9
                radius: 4.5
                visible: !Theme.isWide
                width: 9
                x: 34
                y: 6
            }

            NewsDot {
                visible: rail.settings.hasNewVersion
            }
        }
    }
}
