import QtQuick
import Intercom.Models

// Says what is the matter with the panel itself; no higher than nothing while all is well.
Rectangle {
    id: banner

    required property TroubleNotice trouble

    readonly property bool isNarrow: banner.width < 560
    readonly property real wordsHeight: words.implicitHeight + 24

    color: Theme.redFill
    implicitHeight: !banner.visible ? 0 : read.visible ? banner.isNarrow ? banner.wordsHeight + read.height + 8 : Math.max(banner.wordsHeight, read.height + 16) : Math.max(banner.wordsHeight, 52)
    objectName: "trouble-banner"
    radius: Theme.radiusTile
    visible: banner.trouble.text !== ""

    Accessible.name: banner.trouble.text
    Accessible.role: Accessible.AlertMessage

    Icon {
        id: sign

        color: Theme.red
        name: "triangle-alert"
        size: 24
        x: 18
        y: words.y + (words.font.pixelSize * words.lineHeight - height) / 2
    }

    Ink {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: 14
        anchors.right: !read.visible || banner.isNarrow ? parent.right : read.left
        anchors.rightMargin: 16
        font.pixelSize: Theme.textSecond
        lineHeight: 1.2
        maximumLineCount: 6
        text: banner.trouble.text
        wrapMode: Text.Wrap
        y: read.visible && banner.isNarrow ? 12 : (banner.height - height) / 2
    }

    Pill {
        id: read

        objectName: "trouble-read"
        surface: Theme.tile
        text: qsTr("Understood")
        visible: banner.trouble.canBeRead
        x: banner.isNarrow ? words.x : parent.width - width - 12
        y: banner.isNarrow ? banner.wordsHeight - 4 : (parent.height - height) / 2

        onClicked: banner.trouble.markRead()
    }
}
