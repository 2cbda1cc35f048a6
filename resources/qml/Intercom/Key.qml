import QtQuick
import QtQuick.Controls.Basic

// A key to type with. What can be touched is larger than what is seen; it takes no focus from the field.
AbstractButton {
    id: key

    property string name
    property color ink: Theme.ink
    property color surface: Theme.isDark ? Theme.inset : Theme.tile
    property int radius: 10
    property int textSize: 22
    property int weight: Font.Normal

    Accessible.name: key.text
    bottomInset: 2
    focusPolicy: Qt.NoFocus
    leftInset: Theme.isSmall ? 2 : 3
    padding: 0
    rightInset: key.leftInset
    topInset: 2

    background: Rectangle {
        color: key.down ? Theme.tealFill : key.surface
        opacity: key.enabled ? 1 : 0.5
        radius: key.radius
    }
    contentItem: Item {
        opacity: key.enabled ? 1 : 0.4

        Icon {
            anchors.centerIn: parent
            color: key.down ? Theme.teal : key.ink
            name: key.name
            visible: key.name.length > 0
        }

        Ink {
            anchors.centerIn: parent
            color: key.down ? Theme.teal : key.ink
            font.pixelSize: key.textSize
            font.weight: key.weight
            text: key.text
            visible: key.name.length === 0
        }
    }
}
