import QtQuick
import QtQuick.Controls.Basic

// A line of text to type: what it is, the text, and what is wrong with it.
FocusScope {
    id: entry

    property string label
    property alias text: input.text
    property string placeholder
    property string problem
    property bool isSecret: false
    property alias maximumLength: input.maximumLength
    property int hints: Qt.ImhNone
    property TextEntry next: null
    readonly property real fieldY: input.y
    readonly property real fieldHeight: input.height

    property bool isRevealed: false

    signal accepted
    signal edited

    function commit() {
        if (input.activeFocus)
            InputMethod.commit();
    }

    // Keeps the field above the keyboard: by scrolling what scrolls around it, and by lifting the sheet for the rest.
    function keepInSight() {
        if (!input.activeFocus)
            return;
        let around = entry.parent;
        while (around && !(around instanceof Flickable))
            around = around.parent;
        const page = around as Flickable;
        if (page) {
            const top = entry.mapToItem(page.contentItem, 0, 0).y;
            const lowest = Math.max(0, page.contentHeight - page.height);
            const least = Math.min(lowest, top + entry.height - page.height);
            page.contentY = Math.max(least, Math.min(page.contentY, top));
        }
        const bottom = entry.mapToItem(null, 0, entry.height).y + Theme.lift + Theme.gapSmall;
        Theme.neededLift = Math.max(0, bottom - Theme.roomHeight);
    }

    implicitHeight: column.implicitHeight
    implicitWidth: 320

    onVisibleChanged: entry.isRevealed = false

    Column {
        id: column

        spacing: 6
        width: parent.width

        Ink {
            Accessible.ignored: true
            color: Theme.dimInk
            font.pixelSize: Theme.textSecond
            leftPadding: 4
            text: entry.label
            visible: text.length > 0
            width: parent.width
        }

        TextField {
            id: input

            Accessible.description: entry.problem
            Accessible.name: entry.label.length > 0 ? entry.label : entry.placeholder
            EnterKey.type: entry.next ? Qt.EnterKeyNext : Qt.EnterKeyDone
            color: Theme.ink
            echoMode: entry.isSecret && !entry.isRevealed ? TextInput.Password : TextInput.Normal
            focus: true
            font.pixelSize: Theme.textBody
            height: 52
            inputMethodHints: entry.isSecret ? entry.hints | Qt.ImhSensitiveData | Qt.ImhHiddenText | Qt.ImhNoPredictiveText | Qt.ImhNoAutoUppercase : entry.hints
            leftPadding: 16
            objectName: entry.objectName + "/field"
            opacity: entry.enabled ? 1 : 0.5
            rightPadding: reveal.visible ? reveal.width + 4 : 16
            selectedTextColor: Theme.onAccent
            selectionColor: Theme.teal
            verticalAlignment: TextInput.AlignVCenter
            width: parent.width

            background: Rectangle {
                border.color: entry.problem.length > 0 ? Theme.red : input.activeFocus ? Theme.teal : Theme.line
                border.width: input.activeFocus ? 2 : 1
                color: Theme.inset
                radius: Theme.radiusInset
            }

            onAccepted: {
                entry.accepted();
                if (entry.next)
                    entry.next.forceActiveFocus(Qt.TabFocusReason);
            }
            onActiveFocusChanged: Qt.callLater(entry.keepInSight)
            onTextEdited: entry.edited()

            Ink {
                anchors.left: parent.left
                anchors.leftMargin: input.leftPadding
                anchors.right: parent.right
                anchors.rightMargin: input.rightPadding
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.dimInk
                font.pixelSize: input.font.pixelSize
                text: entry.placeholder
                visible: input.length === 0 && input.preeditText.length === 0
            }

            IconButton {
                id: reveal

                anchors.right: parent.right
                anchors.rightMargin: 2
                anchors.verticalCenter: parent.verticalCenter
                focusPolicy: Qt.TabFocus
                name: entry.isRevealed ? "eye-off" : "eye"
                objectName: entry.objectName + "/reveal"
                text: entry.isRevealed ? qsTr("Hide what is typed") : qsTr("Show what is typed")
                visible: entry.isSecret

                onClicked: entry.isRevealed = !entry.isRevealed
            }
        }

        Ink {
            Accessible.name: entry.problem
            Accessible.role: Accessible.AlertMessage
            color: Theme.red
            font.pixelSize: Theme.textSecond
            leftPadding: 4
            maximumLineCount: 3
            objectName: entry.objectName + "/problem"
            text: entry.problem
            visible: text.length > 0
            width: parent.width
            wrapMode: Text.Wrap

            onHeightChanged: Qt.callLater(entry.keepInSight)
        }
    }

    Connections {
        target: Theme

        function onKeyboardHeightChanged() {
            Qt.callLater(entry.keepInSight);
        }
    }
}
