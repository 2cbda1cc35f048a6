import QtQuick
import Intercom.Models

// Says that the home lacks an owner, and offers to make one.
Rectangle {
    id: banner

    required property FirstOwner owner

    readonly property bool isNarrow: banner.width < 560

    color: Theme.tealFill
    implicitHeight: banner.isNarrow ? words.implicitHeight + make.height + 46 : Math.max(words.implicitHeight, make.height) + 32
    objectName: "owner-banner"
    radius: Theme.radiusTile

    Icon {
        id: sign

        color: Theme.teal
        name: "shield-check"
        size: 28
        x: 22
        y: banner.isNarrow ? 18 : (parent.height - height) / 2
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: 16
        anchors.right: banner.isNarrow ? parent.right : make.left
        anchors.rightMargin: 16
        spacing: 4
        y: banner.isNarrow ? 16 : (parent.height - height) / 2

        Ink {
            font.pixelSize: Theme.textName
            font.weight: Font.DemiBold
            maximumLineCount: 2
            text: qsTr("This home has no owner yet")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Ink {
            font.pixelSize: Theme.textSecond
            lineHeight: 1.2
            maximumLineCount: 4
            text: qsTr("Whoever stands before this panel may change everything. An owner's PIN keeps that for your family.")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    Pill {
        id: make

        ink: Theme.onAccent
        objectName: "owner-make"
        surface: Theme.teal
        text: qsTr("Make the owner")
        x: banner.isNarrow ? 22 : parent.width - width - 22
        y: banner.isNarrow ? words.y + words.height + 14 : (parent.height - height) / 2

        onClicked: banner.owner.begin()
    }
}
