import QtQuick
import QtQuick.Controls.Basic

// A sheet that asks for a PIN.
Sheet {
    id: view

    property alias problem: pad.problem
    property string title
    property alias waitS: pad.waitS

    signal entered(string pin)

    mostWidth: pad.isWide ? 720 : 420
    objectName: "pin"

    contentItem: FocusScope {
        focus: true
        implicitHeight: pad.implicitHeight + (pad.isWide ? 0 : close.height)

        PinPad {
            id: pad

            anchors.bottom: parent.bottom
            anchors.horizontalCenter: parent.horizontalCenter
            focus: true
            height: implicitHeight
            title: view.title
            width: Math.min(implicitWidth, parent.width)

            onEntered: pin => view.entered(pin)
        }

        IconButton {
            id: close

            anchors.right: parent.right
            anchors.top: parent.top
            name: "x"
            objectName: "pin-close"
            surface: Theme.inset
            text: qsTr("Close")
            visible: !pad.isWide
            z: 1

            onClicked: view.close()
        }

        IconButton {
            anchors.left: parent.left
            anchors.top: parent.top
            name: "x"
            objectName: "pin-close"
            surface: Theme.inset
            text: qsTr("Close")
            visible: pad.isWide

            onClicked: view.close()
        }
    }
}
