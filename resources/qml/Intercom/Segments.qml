pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

// Two or three choices side by side, one of them chosen.
Rectangle {
    id: segments

    property list<string> labels
    property int current: -1

    signal chosen(int index)

    color: Theme.inset
    implicitHeight: Theme.touch + 10
    implicitWidth: row.implicitWidth + 10
    radius: height / 2

    Row {
        id: row

        anchors.centerIn: parent

        Repeater {
            model: segments.labels

            AbstractButton {
                id: segment

                required property int index
                required property string modelData

                Accessible.checked: segment.index === segments.current
                Accessible.name: segment.text
                Accessible.role: Accessible.RadioButton
                implicitHeight: Theme.touch
                implicitWidth: label.implicitWidth + 56
                text: segment.modelData

                background: Rectangle {
                    border.color: Theme.teal
                    border.width: segment.visualFocus ? 2 : 0
                    color: segment.index === segments.current ? Theme.teal : "transparent"
                    radius: height / 2
                }
                contentItem: Ink {
                    id: label

                    color: segment.index === segments.current ? Theme.onAccent : Theme.dimInk
                    font.pixelSize: 16
                    font.weight: segment.index === segments.current ? Font.DemiBold : Font.Normal
                    horizontalAlignment: Text.AlignHCenter
                    text: segment.text
                    verticalAlignment: Text.AlignVCenter
                }

                onClicked: segments.chosen(segment.index)
            }
        }
    }
}
