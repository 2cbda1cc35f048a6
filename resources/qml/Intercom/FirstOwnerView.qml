import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The first owner: a name and a password, then a PIN for the panel.
Sheet {
    id: view

    required property FirstOwner owner

    function submit() {
        name.commit();
        password.commit();
        view.owner.enterLogin(name.text, password.text);
    }

    closePolicy: Popup.NoAutoClose
    mostWidth: view.owner.hasLogin && pad.isWide ? 720 : 560
    objectName: "first-owner"

    contentItem: Column {
        spacing: Theme.isSmall ? 12 : 18

        Column {
            spacing: Theme.isSmall ? 12 : 18
            visible: !view.owner.hasLogin
            width: parent.width

            Ink {
                font.pixelSize: Theme.isSmall ? 22 : 26
                font.weight: Font.DemiBold
                maximumLineCount: 2
                text: qsTr("Who owns this home?")
                width: parent.width
                wrapMode: Text.Wrap
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                lineHeight: 1.2
                maximumLineCount: 4
                text: qsTr("The owner decides who comes in. With this name and password they log in on any phone or computer in the home.")
                width: parent.width
                wrapMode: Text.Wrap
            }

            TextEntry {
                id: name

                label: qsTr("Name")
                maximumLength: 64
                next: password
                objectName: "owner-name"
                problem: view.owner.nameProblem
                width: parent.width

                onEdited: view.owner.forgetProblems()
            }

            TextEntry {
                id: password

                isSecret: true
                label: qsTr("Password")
                maximumLength: 256
                objectName: "owner-password"
                problem: view.owner.passwordProblem
                width: parent.width

                onAccepted: view.submit()
                onEdited: view.owner.forgetProblems()
            }
        }

        PinPad {
            id: pad

            anchors.horizontalCenter: parent.horizontalCenter
            enabled: !view.owner.isAtWork
            focus: view.owner.hasLogin
            height: implicitHeight
            hint: qsTr("Asked for before the settings")
            problem: view.owner.pin.problem
            title: view.owner.isAtWork ? qsTr("One moment…") : view.owner.pin.isRepeating ? qsTr("The same PIN once more") : qsTr("Choose the owner's PIN")
            visible: view.owner.hasLogin
            width: Math.min(implicitWidth, parent.width)

            onEntered: pin => view.owner.pin.enter(pin)
        }

        Item {
            height: Theme.touch
            width: parent.width

            Pill {
                enabled: !view.owner.isAtWork
                objectName: "owner-later"
                text: view.owner.hasLogin ? qsTr("Back") : qsTr("Later")

                onClicked: {
                    if (view.owner.hasLogin)
                        view.owner.goBack();
                    else
                        view.owner.close();
                }
            }

            Pill {
                anchors.right: parent.right
                focusPolicy: Qt.TabFocus
                ink: Theme.onAccent
                objectName: "owner-next"
                surface: Theme.teal
                text: qsTr("Next")
                visible: !view.owner.hasLogin

                onClicked: view.submit()
            }
        }
    }

    onClosed: {
        name.text = "";
        password.text = "";
    }

    Connections {
        target: view.owner

        function onClosed() {
            view.close();
        }
        function onOpened() {
            view.open();
        }
    }
}
