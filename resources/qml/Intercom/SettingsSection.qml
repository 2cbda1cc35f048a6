import QtQuick
import QtQuick.Controls.Basic

// A part of the settings: cards in one column or two, which scroll.
Flickable {
    id: section

    default property alias content: grid.data
    readonly property bool hasTwoColumns: section.width >= 820
    readonly property real columnWidth: section.hasTwoColumns ? (section.width - Theme.gap) / 2 : section.width

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    contentHeight: grid.implicitHeight + 20
    flickableDirection: Flickable.VerticalFlick
    objectName: "settings-section"

    ScrollBar.vertical: ScrollBar {
        policy: ScrollBar.AsNeeded
        width: 8
    }

    Grid {
        id: grid

        columns: section.hasTwoColumns ? 2 : 1
        spacing: Theme.gap
        width: parent.width
    }
}
