pragma ComponentBehavior: Bound
import QtQuick

// One paired client or login: who it is, what it may do, and its removal.
Column {
    id: row

    required property string name
    required property string words
    required property int role
    required property bool isLogin
    property list<string> roles
    property bool isOpen: false

    signal removed
    signal roleChosen(int index)

    spacing: 8

    Item {
        height: Math.max(60, lines.implicitHeight)
        width: parent.width

        Column {
            id: lines

            anchors.left: parent.left
            anchors.right: more.left
            anchors.rightMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            spacing: 2

            Ink {
                maximumLineCount: 2
                text: row.name
                width: parent.width
                wrapMode: Text.Wrap
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSmall
                maximumLineCount: 3
                text: row.words
                width: parent.width
                wrapMode: Text.Wrap
            }
        }

        IconButton {
            id: more

            anchors.right: remove.left
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            name: row.isOpen ? "chevron-up" : "chevron-down"
            objectName: row.objectName + "/more"
            text: qsTr("What it may do")
            visible: !row.isLogin
            width: visible ? Theme.touch : 0

            onClicked: row.isOpen = !row.isOpen
        }

        Pill {
            id: remove

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            ink: Theme.red
            objectName: row.objectName.replace("client-", "remove-")
            text: qsTr("Remove")

            onClicked: row.removed()
        }
    }

    OptionPicker {
        current: row.role
        labels: row.roles
        objectName: row.objectName + "/role"
        visible: row.isOpen && !row.isLogin
        width: parent.width

        onChosen: index => row.roleChosen(index)
    }
}
