pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// Messages at the lower edge, over everything.
Column {
    id: column

    required property ToastModel toasts

    anchors.bottom: parent?.bottom
    anchors.bottomMargin: 20 + Theme.keyboardHeight
    anchors.horizontalCenter: parent?.horizontalCenter
    parent: Overlay.overlay
    spacing: 8
    z: 1000

    Repeater {
        model: column.toasts

        Rectangle {
            id: toast

            required property int number
            required property string text

            Accessible.name: toast.text
            Accessible.role: Accessible.AlertMessage
            anchors.horizontalCenter: parent?.horizontalCenter
            border.color: Theme.line
            border.width: 1
            color: Theme.inset
            height: Math.max(56, message.implicitHeight + 28)
            objectName: "toast"
            radius: 28
            width: Math.min(message.implicitWidth + 48, Theme.windowWidth - 40)

            Ink {
                id: message

                anchors.centerIn: parent
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                maximumLineCount: 3
                text: toast.text
                width: Math.min(implicitWidth, Theme.windowWidth - 88)
                wrapMode: Text.Wrap
            }

            TapHandler {
                onTapped: column.toasts.dismiss(toast.number)
            }

            Timer {
                interval: Theme.toastMs
                running: true

                onTriggered: column.toasts.dismiss(toast.number)
            }
        }
    }
}
