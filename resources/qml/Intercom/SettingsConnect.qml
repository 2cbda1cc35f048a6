pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// Where phones and devices find the home.
SettingsSection {
    id: section

    required property PanelSettings settings

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "smartphone"
            title: qsTr("Pair a phone")
            width: parent.width

            Row {
                spacing: 18
                width: parent.width

                QrCode {
                    id: code

                    objectName: "qr"
                    source: section.settings.qr
                }

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 6
                    width: parent.width - code.width - parent.spacing

                    Ink {
                        color: Theme.dimInk
                        font.pixelSize: Theme.textSecond
                        lineHeight: 1.25
                        maximumLineCount: 4
                        text: qsTr("Open this address in the phone's browser. A code then appears here.")
                        width: parent.width
                        wrapMode: Text.Wrap
                    }

                    Ink {
                        font.weight: Font.DemiBold
                        objectName: "url"
                        text: section.settings.url
                        width: parent.width
                        wrapMode: Text.WrapAnywhere
                    }
                }
            }
        }

        Card {
            glyphName: "shield-check"
            objectName: "secure-address"
            title: qsTr("Secure address")
            visible: section.settings.secureUrl.length > 0
            width: parent.width

            Row {
                spacing: 18
                width: parent.width

                QrCode {
                    id: trustCode

                    objectName: "trust-qr"
                    source: section.settings.trustQr
                }

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 6
                    width: parent.width - trustCode.width - parent.spacing

                    Ink {
                        color: Theme.dimInk
                        font.pixelSize: Theme.textSecond
                        lineHeight: 1.25
                        maximumLineCount: 5
                        text: qsTr("For calls and for the app, a phone has to trust this home once. This code shows how.")
                        width: parent.width
                        wrapMode: Text.Wrap
                    }

                    Ink {
                        font.weight: Font.DemiBold
                        objectName: "secure-url"
                        text: section.settings.secureUrl
                        width: parent.width
                        wrapMode: Text.WrapAnywhere
                    }
                }
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSmall
                text: qsTr("The phone has to show the same digits:")
                visible: fingerprint.visible
                width: parent.width
            }

            Ink {
                id: fingerprint

                font.family: "monospace"
                font.pixelSize: Theme.textSmall
                lineHeight: 1.25
                maximumLineCount: 6
                objectName: "fingerprint"
                text: section.settings.fingerprint
                visible: text.length > 0
                width: parent.width
                wrapMode: Text.Wrap
            }
        }
    }

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "router"
            title: qsTr("Connect devices")
            width: parent.width

            Reading {
                ink: section.settings.isLinked ? Theme.green : Theme.red
                label: qsTr("Link to the broker")
                value: section.settings.isLinked ? qsTr("Connected") : qsTr("No link")
                width: parent.width
            }

            Reading {
                ink: Theme.ink
                label: qsTr("Broker (MQTT)")
                objectName: "broker"
                value: section.settings.broker
                width: parent.width
            }

            Reading {
                ink: Theme.ink
                label: qsTr("User")
                objectName: "broker-user"
                value: section.settings.user
                visible: value.length > 0
                width: parent.width
            }

            Reading {
                ink: Theme.ink
                label: qsTr("Password")
                objectName: "broker-password"
                value: reveal.isOpen ? section.settings.password : "••••••••"
                visible: section.settings.password.length > 0
                width: parent.width
            }

            Pill {
                id: reveal

                property bool isOpen: false

                name: reveal.isOpen ? "eye-off" : "eye"
                objectName: "reveal-password"
                text: reveal.isOpen ? qsTr("Hide the password") : qsTr("Show the password")
                visible: section.settings.password.length > 0

                onClicked: reveal.isOpen = !reveal.isOpen
            }
        }
    }
}
