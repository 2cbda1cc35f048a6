import QtQuick
import QtQuick.Controls.Basic

// What lies over the tiles until it is done with. It stands above the keyboard, and is lifted as a field in it needs.
Popup {
    id: sheet

    property int mostWidth: 720
    readonly property int edge: Theme.isSmall ? 10 : 28

    focus: true
    modal: true
    padding: Theme.isSmall ? 18 : 28
    parent: Overlay.overlay
    width: Math.min(sheet.mostWidth, Theme.windowWidth - 2 * sheet.edge)
    x: Math.round((Theme.windowWidth - sheet.width) / 2)
    y: Math.round(Math.max(Theme.keyboardHeight > 0 ? sheet.edge : 0, (Theme.roomHeight - sheet.height) / 2) - Theme.lift)

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
