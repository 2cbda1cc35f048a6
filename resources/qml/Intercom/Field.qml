import QtQuick

// A line of text and the button that sends it. What is not sent is forgotten when the focus goes.
Item {
    id: field

    required property string value
    property string action: qsTr("Save")
    property alias isSecret: entry.isSecret
    property alias label: entry.label
    property alias placeholder: entry.placeholder
    property alias problem: entry.problem

    signal edited
    signal sent(string text)

    // Lets go of what was typed, and of the keyboard.
    function finish() {
        entry.focus = false;
    }

    function send() {
        entry.commit();
        field.sent(entry.text);
    }

    implicitHeight: entry.implicitHeight

    TextEntry {
        id: entry

        objectName: field.objectName
        width: field.width - send.width - 8

        onAccepted: field.send()
        onEdited: field.edited()

        Binding on text {
            restoreMode: Binding.RestoreNone
            value: field.value
            when: !entry.activeFocus
        }
    }

    Pill {
        id: send

        anchors.right: parent.right
        focusPolicy: Qt.TabFocus
        height: entry.fieldHeight
        objectName: field.objectName + "/send"
        text: field.action
        y: entry.fieldY

        onClicked: field.send()
    }
}
