import QtQuick

// A part of the settings page.
Rectangle {
    id: card

    required property string title
    property string glyphName
    default property alias content: column.data

    color: Theme.tile
    implicitHeight: column.y + column.implicitHeight + 22
    radius: Theme.radiusTile

    Icon {
        id: sign

        color: Theme.dimInk
        name: card.glyphName
        size: 22
        x: 22
        y: 22
    }

    Ink {
        anchors.left: sign.right
        anchors.leftMargin: 12
        anchors.right: parent.right
        anchors.rightMargin: 22
        anchors.verticalCenter: sign.verticalCenter
        font.pixelSize: Theme.textName
        font.weight: Font.DemiBold
        text: card.title
    }

    Column {
        id: column

        spacing: 14
        width: parent.width - 44
        x: 22
        y: 62
    }
}
