import QtQuick

// A number with a step down and a step up.
Item {
    id: stepper

    required property string reading
    required property bool isPending

    signal stepped(int steps)

    implicitHeight: Theme.touchHurried

    Pill {
        anchors.left: parent.left
        height: Theme.touchHurried
        name: "minus"
        objectName: stepper.objectName + "/down"
        text: ""
        width: Math.min(120, stepper.width / 3)
        Accessible.name: qsTr("Less")

        onClicked: stepper.stepped(-1)
    }

    Ink {
        anchors.centerIn: parent
        color: stepper.isPending ? Theme.teal : Theme.ink
        font.pixelSize: Theme.textNumber
        font.weight: Font.Light
        text: stepper.reading
    }

    Pill {
        anchors.right: parent.right
        height: Theme.touchHurried
        name: "plus"
        objectName: stepper.objectName + "/up"
        text: ""
        width: Math.min(120, stepper.width / 3)
        Accessible.name: qsTr("More")

        onClicked: stepper.stepped(1)
    }
}
