import QtQuick
import QtQuick.Controls.Basic

// One switch of several on a tile. What can be touched is larger than what is seen.
AbstractButton {
    id: button

    required property bool isOn
    required property bool isPending

    Accessible.checkable: true
    Accessible.checked: button.isOn
    Accessible.name: button.text

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.leftMargin: 3
            anchors.rightMargin: 3
            border.color: Theme.teal
            border.width: button.isPending || button.visualFocus ? 2 : 0
            color: button.isOn ? Theme.amber : button.down ? Theme.line : Theme.inset
            radius: 14
        }
    }
    contentItem: Icon {
        color: button.isOn ? Theme.onAccent : Theme.dimInk
        name: "power"
        size: 22
    }
}
