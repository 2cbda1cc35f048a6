import QtQuick
import QtQuick.Controls.Basic

// A button with words and perhaps an icon.
AbstractButton {
    id: button

    property string name
    property color ink: Theme.ink
    property color surface: Theme.inset
    property int weight: Font.DemiBold

    Accessible.name: button.text
    implicitHeight: Theme.touch
    implicitWidth: Math.max(Theme.touch, row.implicitWidth + 40)
    opacity: button.enabled ? 1 : 0.5

    background: Rectangle {
        border.color: Theme.teal
        border.width: button.visualFocus ? 2 : 0
        color: button.down ? Qt.tint(button.surface, "#20808080") : button.surface
        radius: height / 2
    }
    contentItem: Item {
        Row {
            id: row

            anchors.centerIn: parent
            spacing: 10

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                color: button.ink
                name: button.name
                size: 20
                visible: button.name.length > 0
            }

            Ink {
                anchors.verticalCenter: parent.verticalCenter
                color: button.ink
                font.pixelSize: button.height >= Theme.touchHurried ? Theme.textName : 16
                font.weight: button.weight
                text: button.text
            }
        }
    }
}
