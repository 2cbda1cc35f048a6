pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

Flickable {
    id: page

    required property ClientModel clients
    required property PanelSettings settings

    readonly property bool hasTwoColumns: page.width >= 820
    readonly property real cardWidth: page.hasTwoColumns ? (page.width - Theme.gap) / 2 : page.width

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    contentHeight: cards.implicitHeight + 20
    flickableDirection: Flickable.VerticalFlick
    objectName: "settings-page"

    ScrollBar.vertical: ScrollBar {
        policy: ScrollBar.AsNeeded
        width: 8
    }

    Component.onCompleted: page.clients.watch(true)
    Component.onDestruction: page.clients.watch(false)

    Grid {
        id: cards

        columns: page.hasTwoColumns ? 2 : 1
        spacing: Theme.gap
        width: parent.width

        Column {
            spacing: Theme.gap
            width: page.cardWidth

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
                        source: page.settings.qr
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
                            text: page.settings.url
                            width: parent.width
                            wrapMode: Text.WrapAnywhere
                        }
                    }
                }
            }

            Card {
                glyphName: "users"
                title: qsTr("Paired")
                width: parent.width

                Ink {
                    color: Theme.dimInk
                    font.pixelSize: 16
                    text: qsTr("Nothing is paired yet")
                    visible: page.clients.count === 0
                    width: parent.width
                }

                Repeater {
                    model: page.clients

                    Item {
                        id: client

                        required property string sessionId
                        required property string name
                        required property string words

                        height: 60
                        objectName: "client-" + client.sessionId
                        width: parent?.width ?? 0

                        Column {
                            anchors.left: parent.left
                            anchors.right: remove.left
                            anchors.rightMargin: 12
                            anchors.verticalCenter: parent.verticalCenter
                            spacing: 2

                            Ink {
                                text: client.name
                                width: parent.width
                            }

                            Ink {
                                color: Theme.dimInk
                                font.pixelSize: Theme.textSmall
                                text: client.words
                                width: parent.width
                            }
                        }

                        Pill {
                            id: remove

                            anchors.right: parent.right
                            anchors.verticalCenter: parent.verticalCenter
                            ink: Theme.red
                            objectName: "remove-" + client.sessionId
                            text: qsTr("Remove")

                            onClicked: page.clients.remove(client.sessionId)
                        }
                    }
                }
            }

            Card {
                glyphName: "shield-check"
                objectName: "secure-address"
                title: qsTr("Secure address")
                visible: page.settings.secureUrl.length > 0
                width: parent.width

                Row {
                    spacing: 18
                    width: parent.width

                    QrCode {
                        id: trustCode

                        objectName: "trust-qr"
                        source: page.settings.trustQr
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
                            text: page.settings.secureUrl
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
                    text: page.settings.fingerprint
                    visible: text.length > 0
                    width: parent.width
                    wrapMode: Text.Wrap
                }
            }
        }

        Column {
            spacing: Theme.gap
            width: page.cardWidth

            Card {
                glyphName: "router"
                title: qsTr("Connect devices")
                width: parent.width

                Reading {
                    ink: page.settings.isLinked ? Theme.green : Theme.red
                    label: qsTr("Link to the broker")
                    value: page.settings.isLinked ? qsTr("Connected") : qsTr("No link")
                    width: parent.width
                }

                Reading {
                    ink: Theme.ink
                    label: qsTr("Broker (MQTT)")
                    objectName: "broker"
                    value: page.settings.broker
                    width: parent.width
                }

                Reading {
                    ink: Theme.ink
                    label: qsTr("User")
                    objectName: "broker-user"
                    value: page.settings.user
                    visible: value.length > 0
                    width: parent.width
                }

                Reading {
                    ink: Theme.ink
                    label: qsTr("Password")
                    objectName: "broker-password"
                    value: reveal.isOpen ? page.settings.password : "••••••••"
                    visible: page.settings.password.length > 0
                    width: parent.width
                }

                Pill {
                    id: reveal

                    property bool isOpen: false

                    name: reveal.isOpen ? "eye-off" : "eye"
                    objectName: "reveal-password"
                    text: reveal.isOpen ? qsTr("Hide the password") : qsTr("Show the password")
                    visible: page.settings.password.length > 0

                    onClicked: reveal.isOpen = !reveal.isOpen
                }
            }

            Card {
                glyphName: "palette"
                title: qsTr("Appearance")
                width: parent.width

                OptionPicker {
                    readonly property list<string> choices: ["auto", "ko", "en"]

                    current: choices.indexOf(page.settings.language)
                    labels: [qsTr("System language"), "한국어", "English"]
                    objectName: "language"
                    width: parent.width

                    onChosen: index => page.settings.chooseLanguage(choices[index])
                }

                OptionPicker {
                    readonly property list<string> choices: ["auto", "dark", "light"]

                    current: choices.indexOf(page.settings.theme)
                    labels: [qsTr("Like the system"), qsTr("Dark"), qsTr("Light")]
                    objectName: "theme"
                    width: parent.width

                    onChosen: index => page.settings.chooseTheme(choices[index])
                }

                Item {
                    height: Theme.touch
                    width: parent.width

                    Reading {
                        anchors.left: parent.left
                        anchors.right: still.left
                        anchors.verticalCenter: parent.verticalCenter
                        label: qsTr("Less motion")
                        value: ""
                    }

                    Toggle {
                        id: still

                        anchors.right: parent.right
                        isOn: page.settings.isStill
                        text: qsTr("Less motion")

                        onTurned: on => page.settings.chooseStill(on)
                    }
                }
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSmall
                leftPadding: 22
                text: qsTr("Version %1").arg(page.settings.version)
                visible: page.settings.version.length > 0
            }
        }
    }
}
