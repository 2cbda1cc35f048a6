pragma ComponentBehavior: Bound
import QtQuick

// A PIN, typed with a finger. What was typed is forgotten as soon as it is handed on.
FocusScope {
    id: pad

    property string title
    property string problem
    property string hint
    property int waitS: 0
    property int fewestDigits: 4
    property int mostDigits: 8

    property bool isWide: Theme.isShort && Theme.windowWidth >= 700
    readonly property bool isReady: typed.digits.length >= pad.fewestDigits && pad.waitS === 0

    signal entered(string pin)

    function add(digit: string) {
        if (pad.waitS === 0 && typed.digits.length < pad.mostDigits)
            typed.digits += digit;
    }

    function clear() {
        typed.digits = "";
    }

    function confirm() {
        if (!pad.isReady)
            return;
        const pin = typed.digits;
        pad.clear();
        pad.entered(pin);
    }

    function erase() {
        typed.digits = typed.digits.slice(0, -1);
    }

    Accessible.name: pad.title
    implicitHeight: pad.isWide ? Math.max(face.implicitHeight, keys.implicitHeight) : face.implicitHeight + face.spacing + keys.implicitHeight
    implicitWidth: pad.isWide ? 640 : 320

    Keys.onPressed: event => {
        if (event.key >= Qt.Key_0 && event.key <= Qt.Key_9)
            pad.add(String(event.key - Qt.Key_0));
        else if (event.key === Qt.Key_Backspace)
            pad.erase();
        else if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter)
            pad.confirm();
        else
            return;
        event.accepted = true;
    }
    onVisibleChanged: pad.clear()
    onWaitSChanged: if (pad.waitS > 0)
        pad.clear()

    QtObject {
        id: typed

        property string digits: ""
    }

    Column {
        id: face

        spacing: Theme.isShort ? 14 : 18
        width: pad.isWide ? pad.width - keys.width - 24 : pad.width
        y: pad.isWide ? (pad.height - height) / 2 : 0

        Ink {
            font.pixelSize: 22
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 2
            objectName: "pin-title"
            text: pad.title
            visible: text.length > 0
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            Accessible.name: qsTr("%1 digits typed").arg(typed.digits.length)
            Accessible.role: Accessible.StaticText
            anchors.horizontalCenter: parent.horizontalCenter
            height: 22
            objectName: "pin-dots"
            spacing: 14

            Repeater {
                model: Math.max(pad.fewestDigits, typed.digits.length)

                Rectangle {
                    required property int index

                    readonly property bool isTyped: index < typed.digits.length

                    border.color: isTyped ? Theme.teal : Theme.dimInk
                    border.width: 2
                    color: isTyped ? Theme.teal : "transparent"
                    height: 18
                    objectName: isTyped ? "pin-dot" : ""
                    radius: 9
                    width: 18
                    y: 2
                }
            }
        }

        Ink {
            Accessible.name: text
            Accessible.role: Accessible.AlertMessage
            color: pad.waitS > 0 || pad.problem.length > 0 ? Theme.red : Theme.dimInk
            font.pixelSize: Theme.textSecond
            height: Math.max(implicitHeight, 20)
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 3
            objectName: "pin-problem"
            text: pad.waitS > 0 ? qsTr("Too many wrong tries · again in %1").arg(Math.floor(pad.waitS / 60) + ":" + String(pad.waitS % 60).padStart(2, "0")) : pad.problem.length > 0 ? pad.problem : (pad.hint.length > 0 ? pad.hint + " · " : "") + qsTr("%1 to %2 digits").arg(pad.fewestDigits).arg(pad.mostDigits)
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Grid {
        id: keys

        columns: 3
        enabled: pad.waitS === 0
        spacing: 8
        x: pad.isWide ? pad.width - width : (pad.width - width) / 2
        y: pad.isWide ? (pad.height - height) / 2 : face.implicitHeight + face.spacing

        Repeater {
            model: 9

            PinKey {
                required property int index

                text: String(index + 1)

                onClicked: pad.add(text)
            }
        }

        PinKey {
            Accessible.name: qsTr("Delete")
            autoRepeat: true
            enabled: typed.digits.length > 0
            name: "delete"
            objectName: "pin-erase"
            surface: "transparent"

            onClicked: pad.erase()
        }

        PinKey {
            text: "0"

            onClicked: pad.add(text)
        }

        PinKey {
            Accessible.name: qsTr("Confirm")
            enabled: pad.isReady
            ink: pad.isReady ? Theme.onAccent : Theme.ink
            name: "check"
            objectName: "pin-confirm"
            surface: pad.isReady ? Theme.teal : Theme.inset

            onClicked: pad.confirm()
        }
    }

    component PinKey: Key {
        bottomInset: 0
        height: Theme.isShort ? Theme.touchHurried : 72
        leftInset: 0
        objectName: "pin-" + text
        radius: height / 2
        rightInset: 0
        surface: Theme.inset
        textSize: 26
        topInset: 0
        width: Math.min(100, (pad.width - 2 * keys.spacing) / 3)
    }
}
