import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// Somebody who is to log in by name and password.
Sheet {
    id: view

    required property PeopleModel people

    property int role: 1

    function submit() {
        name.commit();
        password.commit();
        view.people.add(name.text, password.text, view.role);
    }

    mostWidth: 560
    objectName: "new-person"

    contentItem: Flickable {
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: column.implicitHeight
        implicitHeight: Math.min(column.implicitHeight, Theme.roomHeight - 2 * view.edge - 2 * view.padding)

        Column {
            id: column

            spacing: Theme.isSmall ? 12 : 18
            width: parent.width

            Ink {
                font.pixelSize: 22
                font.weight: Font.DemiBold
                text: qsTr("Add somebody")
                width: parent.width
            }

            TextEntry {
                id: name

                label: qsTr("Name")
                maximumLength: 64
                next: password
                objectName: "person-name"
                problem: view.people.nameProblem
                width: parent.width

                onEdited: view.people.forgetProblems()
            }

            TextEntry {
                id: password

                isSecret: true
                label: qsTr("Password")
                maximumLength: 256
                objectName: "person-password"
                problem: view.people.passwordProblem
                width: parent.width

                onEdited: view.people.forgetProblems()
            }

            OptionPicker {
                current: view.role
                labels: view.people.roles
                objectName: "person-role"
                width: parent.width

                onChosen: index => view.role = index
            }

            Item {
                height: Theme.touch
                width: parent.width

                Pill {
                    text: qsTr("Cancel")

                    onClicked: view.close()
                }

                Pill {
                    anchors.right: parent.right
                    focusPolicy: Qt.TabFocus
                    ink: Theme.onAccent
                    objectName: "person-add"
                    surface: Theme.teal
                    text: qsTr("Add")

                    onClicked: view.submit()
                }
            }
        }
    }

    onClosed: {
        name.text = "";
        password.text = "";
        view.role = 1;
        view.people.forgetProblems();
    }

    Connections {
        enabled: view.opened
        target: view.people

        function onSaved() {
            view.close();
        }
    }
}
