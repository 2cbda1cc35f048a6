pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// Who may come in.
SettingsSection {
    id: section

    required property ClientModel clients

    Component.onCompleted: section.clients.watch(true)
    Component.onDestruction: section.clients.watch(false)

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "users"
            title: qsTr("Paired")
            width: parent.width

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                text: qsTr("Nothing is paired yet")
                visible: section.clients.count === 0
                width: parent.width
            }

            Repeater {
                model: section.clients

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

                        onClicked: section.clients.remove(client.sessionId)
                    }
                }
            }
        }
    }
}
