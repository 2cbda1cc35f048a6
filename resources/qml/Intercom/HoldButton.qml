import QtQuick
import QtQuick.Controls.Basic

// For what should not happen by accident: it takes a press of a second.
AbstractButton {
    id: button

    property color ink: Theme.ink
    property color fill: Theme.tealFill
    property int holdMs: Theme.holdMs
    property real progress: 0
    property bool wasTapped: false
    property bool wasHeld: false

    signal held

    Accessible.name: button.text
    implicitHeight: Theme.touchHurried
    implicitWidth: label.implicitWidth + 56

    background: Rectangle {
        border.color: button.visualFocus || button.wasTapped ? Theme.teal : Theme.line
        border.width: 2
        color: Theme.inset
        radius: height / 2

        Item {
            clip: true
            height: parent.height
            visible: button.progress > 0
            width: parent.width * button.progress

            Rectangle {
                color: button.fill
                height: button.height
                radius: height / 2
                width: button.width
            }
        }
    }
    contentItem: Ink {
        id: label

        color: button.wasTapped ? Theme.teal : button.ink
        font.pixelSize: 16
        font.weight: Font.DemiBold
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("Keep pressed: %1").arg(button.text)
        verticalAlignment: Text.AlignVCenter
    }

    onClicked: button.wasTapped = !button.wasHeld
    onPressed: button.wasHeld = false

    NumberAnimation on progress {
        id: hold

        duration: button.holdMs
        from: 0
        running: button.down
        to: 1

        onFinished: {
            button.wasTapped = false;
            button.wasHeld = true;
            button.held();
        }
        onRunningChanged: if (!hold.running)
            button.progress = 0
    }
}
