import QtQuick

// A label and what is to be read at its right.
Item {
    id: reading

    required property string label
    required property string value
    property string glyph
    property color ink: Theme.dimInk

    implicitHeight: Math.max(28, valueLine.implicitHeight)

    Icon {
        id: sign

        anchors.verticalCenter: parent.verticalCenter
        color: Theme.dimInk
        glyph: reading.glyph
        size: 20
        visible: reading.glyph.length > 0
        width: visible ? 30 : 0
    }

    Ink {
        anchors.left: sign.right
        anchors.verticalCenter: parent.verticalCenter
        font.pixelSize: 16
        text: reading.label
        width: Math.min(implicitWidth, reading.width * (reading.value.length > 0 ? 0.62 : 1) - sign.width)
    }

    Ink {
        id: valueLine

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        color: reading.ink
        font.pixelSize: 16
        horizontalAlignment: Text.AlignRight
        maximumLineCount: 3
        text: reading.value
        width: Math.min(implicitWidth, reading.width * 0.6)
        wrapMode: Text.Wrap
    }
}
