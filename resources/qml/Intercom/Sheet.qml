import QtQuick
import QtQuick.Controls.Basic

// What lies over the tiles until it is done with.
Popup {
    id: sheet

    property int mostWidth: 720
    readonly property int edge: Theme.isSmall ? 10 : 28

    anchors.centerIn: Overlay.overlay
    focus: true
    modal: true
    padding: Theme.isSmall ? 18 : 28
    width: Math.min(sheet.mostWidth, Theme.windowWidth - 2 * sheet.edge)

    Overlay.modal: Rectangle {
        color: Theme.scrim
    }
    background: Rectangle {
        color: Theme.rail
        radius: Theme.radiusSheet
    }
    enter: Transition {
        NumberAnimation {
            duration: Theme.quickMs
            easing.type: Easing.OutCubic
            from: 0
            property: "opacity"
            to: 1
        }
    }
    exit: Transition {
        NumberAnimation {
            duration: Theme.quickMs
            from: 1
            property: "opacity"
            to: 0
        }
    }
}
