import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// What one person may do, another password, and their removal.
Sheet {
    id: view

    required property PeopleModel people

    property string accountId
    property string name
    property int role: 1

    mostWidth: 560
    objectName: "person"

    contentItem: Flickable {
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: column.implicitHeight
        implicitHeight: Math.min(column.implicitHeight, Theme.roomHeight - 2 * view.edge - 2 * view.padding)

        Column {
            id: column

            spacing: Theme.isSmall ? 14 : 20
            width: parent.width

            Item {
                height: Math.max(Theme.touch, title.implicitHeight)
                width: parent.width

                Ink {
                    id: title

                    anchors.left: parent.left
                    anchors.right: close.left
                    anchors.rightMargin: 8
                    anchors.verticalCenter: parent.verticalCenter
                    font.pixelSize: 22
                    font.weight: Font.DemiBold
                    maximumLineCount: 2
                    text: view.name
                    wrapMode: Text.Wrap
                }

                IconButton {
                    id: close

                    anchors.right: parent.right
                    name: "x"
                    objectName: "person-close"
                    surface: Theme.inset
                    text: qsTr("Close")

                    onClicked: view.close()
                }
            }

            OptionPicker {
                current: view.role
                labels: view.people.roles
                objectName: "person-role"
                width: parent.width

                onChosen: index => view.people.changeRole(view.accountId, index)
            }

            Field {
                id: password

                isSecret: true
                label: qsTr("New password")
                objectName: "person-new-password"
                problem: view.people.passwordProblem
                value: ""
                width: parent.width

                onEdited: view.people.forgetProblems()
                onSent: text => view.people.setPassword(view.accountId, text)
            }

            HoldButton {
                fill: Theme.redFill
                ink: Theme.red
                objectName: "person-remove"
                text: qsTr("Remove the account")

                onHeld: view.people.remove(view.accountId)
            }
        }
    }

    onClosed: {
        password.finish();
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
