pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// Who may come in: people with an account, paired clients, and the PIN for this panel.
SettingsSection {
    id: section

    required property OwnerGate gate
    required property PeopleModel people
    required property ClientModel clients

    Component.onCompleted: {
        section.people.watch(true);
        section.clients.watch(true);
    }
    Component.onDestruction: {
        section.people.watch(false);
        section.clients.watch(false);
    }

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "users"
            title: qsTr("People who log in")
            width: parent.width

            ClosedNote {
                actionName: "allow-logins"
                actionText: qsTr("Allow logins again")
                objectName: "logins-closed"
                text: qsTr("Too many wrong passwords were typed: for an hour no more are taken.")
                visible: section.clients.areLoginsClosed
                width: parent.width

                onAllowed: section.clients.allowLogins()
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                maximumLineCount: 3
                text: qsTr("Nobody has an account yet")
                visible: section.people.count === 0
                width: parent.width
                wrapMode: Text.Wrap
            }

            Repeater {
                model: section.people

                Item {
                    id: person

                    required property string accountId
                    required property string name
                    required property int role
                    required property string words

                    readonly property bool isShown: view.accountId === person.accountId

                    height: 60
                    objectName: "person-" + person.accountId
                    width: parent?.width ?? 0

                    onRoleChanged: if (person.isShown)
                        view.role = person.role

                    Column {
                        anchors.left: parent.left
                        anchors.right: change.left
                        anchors.rightMargin: 12
                        anchors.verticalCenter: parent.verticalCenter
                        spacing: 2

                        Ink {
                            text: person.name
                            width: parent.width
                        }

                        Ink {
                            color: Theme.dimInk
                            font.pixelSize: Theme.textSmall
                            text: person.words
                            width: parent.width
                        }
                    }

                    Pill {
                        id: change

                        anchors.right: parent.right
                        anchors.verticalCenter: parent.verticalCenter
                        objectName: "change-" + person.accountId
                        text: qsTr("Change")

                        onClicked: {
                            view.accountId = person.accountId;
                            view.name = person.name;
                            view.role = person.role;
                            view.open();
                        }
                    }
                }
            }

            Pill {
                name: "user-plus"
                objectName: "add-person"
                text: qsTr("Add somebody")
                visible: !section.firstOwner.isNeeded

                onClicked: newcomer.open()
            }
        }

        Card {
            glyphName: "key-round"
            title: qsTr("PIN for this panel")
            visible: !section.firstOwner.isNeeded
            width: parent.width

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                lineHeight: 1.2
                maximumLineCount: 4
                text: section.gate.isSet ? qsTr("It is asked for before the settings, and before a device gets another name or place.") : qsTr("Without a PIN, whoever stands before this panel may change everything.")
                width: parent.width
                wrapMode: Text.Wrap
            }

            Pill {
                objectName: "choose-pin"
                text: section.gate.isSet ? qsTr("Change the PIN") : qsTr("Choose a PIN")

                onClicked: {
                    section.people.pin.begin();
                    choice.open();
                }
            }
        }
    }

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "smartphone"
            title: qsTr("Paired")
            width: parent.width

            ClosedNote {
                actionName: "allow-pairing"
                actionText: qsTr("Allow pairing again")
                objectName: "pairing-closed"
                text: qsTr("Too many wrong codes were typed: for an hour no more are taken.")
                visible: section.clients.isPairingClosed
                width: parent.width

                onAllowed: section.clients.allowPairing()
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                text: qsTr("Nothing is paired yet")
                visible: section.clients.count === 0
                width: parent.width
            }

            Repeater {
                model: section.clients

                ClientRow {
                    id: client

                    required property string sessionId

                    objectName: "client-" + client.sessionId
                    roles: section.clients.roles
                    width: parent?.width ?? 0

                    onRemoved: section.clients.remove(client.sessionId)
                    onRoleChosen: index => section.clients.changeRole(client.sessionId, index)
                }
            }
        }
    }

    NewPersonView {
        id: newcomer

        people: section.people
    }

    PersonView {
        id: view

        people: section.people
    }

    PinView {
        id: choice

        problem: section.people.pin.problem
        title: section.people.pin.isRepeating ? qsTr("The same PIN once more") : qsTr("The new PIN")

        onClosed: section.people.pin.begin()
        onEntered: pin => section.people.pin.enter(pin)
    }

    Connections {
        enabled: choice.opened
        target: section.people

        function onSaved() {
            choice.close();
        }
    }
}
