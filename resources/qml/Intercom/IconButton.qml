import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: button

    required property string name
    property color ink: Theme.dimInk
    property color surface: "transparent"

    Accessible.name: button.text
    implicitHeight: Theme.touch
    implicitWidth: Theme.touch

    background: Rectangle {
        border.color: Theme.teal
        border.width: button.visualFocus ? 2 : 0
        color: button.down ? Theme.inset : button.surface
        radius: height / 2
    }
    contentItem: Icon {
        color: button.ink
        name: button.name
    }
}
