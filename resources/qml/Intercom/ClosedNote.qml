import QtQuick

// A way in that is closed after too many wrong tries, and how to open it again.
Column {
    id: note

    required property string text
    required property string actionText
    required property string actionName

    signal allowed

    spacing: 14

    Ink {
        color: Theme.red
        font.pixelSize: 16
        lineHeight: 1.2
        maximumLineCount: 4
        text: note.text
        width: parent.width
        wrapMode: Text.Wrap
    }

    Pill {
        objectName: note.actionName
        text: note.actionText

        onClicked: note.allowed()
    }
}
