pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The areas on top, for a screen that stands upright.
ListView {
    id: bar

    required property AreaModel areas
    required property bool isHome

    signal areaChosen(int row)

    boundsBehavior: Flickable.StopAtBounds
    currentIndex: bar.areas.current
    highlightFollowsCurrentItem: true
    highlightMoveDuration: Theme.calmMs
    implicitHeight: Theme.touch
    model: bar.areas
    orientation: ListView.Horizontal
    spacing: 8

    delegate: AbstractButton {
        id: entry

        required property int index
        required property string areaId
        required property string name
        required property int onCount

        readonly property bool isCurrent: bar.isHome && entry.index === bar.areas.current

        Accessible.name: entry.name
        Accessible.role: Accessible.PageTab
        height: Theme.touch
        objectName: "area-" + entry.areaId
        width: Math.min(220, row.implicitWidth + 40)

        background: Rectangle {
            border.color: Theme.teal
            border.width: entry.visualFocus ? 2 : 0
            color: entry.isCurrent ? Theme.teal : entry.down ? Theme.inset : Theme.tile
            radius: height / 2
        }
        contentItem: Item {
            Row {
                id: row

                anchors.centerIn: parent
                spacing: 8

                Ink {
                    color: entry.isCurrent ? Theme.onAccent : Theme.ink
                    font.pixelSize: 16
                    font.weight: entry.isCurrent ? Font.DemiBold : Font.Normal
                    text: entry.name
                    width: Math.min(implicitWidth, 150)
                }

                Ink {
                    color: entry.isCurrent ? Theme.onAccent : Theme.amber
                    font.pixelSize: 16
                    text: entry.onCount
                    visible: entry.onCount > 0
                }
            }
        }

        onClicked: bar.areaChosen(entry.index)
    }
}
