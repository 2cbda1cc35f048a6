import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// Who asks to come in, and the code that lets them.
Sheet {
    id: view

    required property PairingSheet pairing
    required property PanelSettings settings

    property bool showsQr: false

    closePolicy: Popup.NoAutoClose
    objectName: "pairing"
    visible: view.pairing.isOpen

    contentItem: Column {
        spacing: Theme.isShort ? 10 : 22

        Column {
            spacing: 4
            width: parent.width

            Ink {
                color: Theme.dimInk
                horizontalAlignment: Text.AlignHCenter
                text: view.pairing.address.length > 0 ? qsTr("Asks to pair · %1").arg(view.pairing.address) : qsTr("Asks to pair")
                width: parent.width
            }

            Ink {
                font.pixelSize: Theme.isSmall ? 22 : 26
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                maximumLineCount: 2
                objectName: "pairing-name"
                text: view.pairing.title
                width: parent.width
                wrapMode: Text.Wrap
            }
        }

        Ink {
            Accessible.name: view.pairing.code
            font.letterSpacing: Theme.isSmall ? 6 : 12
            font.pixelSize: view.showsQr ? 48 : Theme.isSmall ? 72 : 110
            font.weight: Font.DemiBold
            fontSizeMode: Text.HorizontalFit
            horizontalAlignment: Text.AlignHCenter
            leftPadding: font.letterSpacing
            minimumPixelSize: 32
            objectName: "pairing-code"
            text: view.pairing.code
            width: parent.width
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 20
            visible: view.showsQr

            Rectangle {
                color: "white"
                height: Theme.isShort ? 116 : 190
                radius: 12
                width: height

                Image {
                    anchors.fill: parent
                    anchors.margins: 6
                    fillMode: Image.PreserveAspectFit
                    objectName: "pairing-qr"
                    smooth: false
                    source: view.settings.qr
                }
            }

            Ink {
                anchors.verticalCenter: parent.verticalCenter
                font.pixelSize: 20
                font.weight: Font.DemiBold
                text: view.settings.url
                width: Math.min(implicitWidth, view.availableWidth - (Theme.isShort ? 136 : 210))
                wrapMode: Text.WrapAnywhere
            }
        }

        Ink {
            color: view.pairing.hasWrongTry ? Theme.red : Theme.dimInk
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 2
            objectName: "pairing-remaining"
            text: view.pairing.hasWrongTry ? qsTr("A wrong code was typed · %1 left").arg(view.pairing.remaining) : qsTr("Type this code on the phone · %1 left").arg(view.pairing.remaining)
            width: parent.width
            wrapMode: Text.Wrap
        }

        Segments {
            anchors.horizontalCenter: parent.horizontalCenter
            current: view.pairing.isForGuest ? 1 : 0
            labels: [qsTr("Family"), qsTr("Guest")]
            objectName: "pairing-role"

            onChosen: index => view.pairing.chooseGuest(index === 1)
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 14

            Pill {
                height: Theme.isShort ? 56 : Theme.touchHurried
                ink: Theme.red
                name: "ban"
                objectName: "pairing-refuse"
                text: qsTr("Refuse")
                width: implicitWidth + 20

                onClicked: view.pairing.refuse()
            }

            Pill {
                height: Theme.isShort ? 56 : Theme.touchHurried
                name: "qr-code"
                text: view.showsQr ? qsTr("Hide QR") : qsTr("Show QR")
                visible: view.settings.qr.length > 0
                width: implicitWidth + 20

                onClicked: view.showsQr = !view.showsQr
            }
        }
    }

    onClosed: view.showsQr = false
}
