import QtQuick
import QtQuick.Controls.Basic

// Shows what is, and asks for the other; it does not turn by itself.
AbstractButton {
    id: toggle

    required property bool isOn

    signal turned(bool on)

    Accessible.checkable: true
    Accessible.checked: toggle.isOn
    Accessible.name: toggle.text
    Accessible.role: Accessible.CheckBox
    implicitHeight: Theme.touch
    implicitWidth: 72

    background: Item {}
    contentItem: Item {
        Rectangle {
            anchors.centerIn: parent
            border.color: toggle.visualFocus ? Theme.teal : toggle.isOn ? Theme.teal : Theme.dimInk
            border.width: 2
            color: toggle.isOn ? Theme.teal : "transparent"
            height: 40
            radius: 20
            width: 68

            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                color: toggle.isOn ? Theme.onAccent : Theme.dimInk
                height: toggle.isOn ? 28 : 22
                radius: height / 2
                width: height
                x: toggle.isOn ? parent.width - width - 6 : 9

                Behavior on x {
                    NumberAnimation {
                        duration: Theme.quickMs
                        easing.type: Easing.OutCubic
                    }
                }
            }
        }
    }

    onClicked: toggle.turned(!toggle.isOn)
}
