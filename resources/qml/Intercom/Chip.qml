import QtQuick
import QtQuick.Controls.Basic

// One of several to choose from.
AbstractButton {
    id: chip

    property int mostWidth: 400
    property color surface: Theme.inset

    Accessible.name: chip.text
    Accessible.role: Accessible.RadioButton
    implicitHeight: Theme.touch
    implicitWidth: Math.min(chip.mostWidth, Math.max(72, label.implicitWidth))

    background: Rectangle {
        border.color: Theme.teal
        border.width: chip.visualFocus ? 2 : 0
        color: chip.checked ? Theme.teal : chip.down ? Theme.line : chip.surface
        radius: height / 2
    }
    contentItem: Ink {
        id: label

        color: chip.checked ? Theme.onAccent : Theme.ink
        font.pixelSize: 16
        font.weight: chip.checked ? Font.DemiBold : Font.Normal
        horizontalAlignment: Text.AlignHCenter
        leftPadding: 20
        rightPadding: 20
        text: chip.text
        verticalAlignment: Text.AlignVCenter
    }
}
