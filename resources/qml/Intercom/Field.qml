import QtQuick
import QtQuick.Controls.Basic

// A line of text and the button that sends it.
Row {
    id: field

    required property string value
    property string action: qsTr("Save")
    property bool isSecret: false
    property alias placeholder: input.placeholderText

    signal sent(string text)

    spacing: 8

    TextField {
        id: input

        color: Theme.ink
        echoMode: field.isSecret ? TextInput.Password : TextInput.Normal
        font.pixelSize: Theme.textBody
        height: Theme.touch
        leftPadding: 18
        placeholderTextColor: Theme.dimInk
        rightPadding: 18
        selectByMouse: true
        selectionColor: Theme.teal
        verticalAlignment: TextInput.AlignVCenter
        width: field.width - send.width - field.spacing

        background: Rectangle {
            border.color: input.activeFocus ? Theme.teal : "transparent"
            border.width: 2
            color: Theme.inset
            radius: height / 2
        }

        onAccepted: field.sent(input.text)

        Binding on text {
            value: field.value
            when: !input.activeFocus
        }
    }

    Pill {
        id: send

        text: field.action

        onClicked: {
            field.sent(input.text);
            input.focus = false;
        }
    }
}
