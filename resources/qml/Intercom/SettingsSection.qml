import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// A part of the settings: cards in one column or two, which scroll.
Flickable {
    id: section

    required property FirstOwner firstOwner

    default property alias content: grid.data
    readonly property bool hasTwoColumns: section.width >= 820
    readonly property real columnWidth: section.hasTwoColumns ? (section.width - Theme.gap) / 2 : section.width

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    contentHeight: column.implicitHeight + 20
    flickableDirection: Flickable.VerticalFlick
    objectName: "settings-section"

    ScrollBar.vertical: ScrollBar {
        policy: ScrollBar.AsNeeded
        width: 8
    }

    Column {
        id: column

        spacing: Theme.gap
        width: parent.width

        OwnerBanner {
            owner: section.firstOwner
            visible: section.firstOwner.isNeeded
            width: parent.width
        }

        Grid {
            id: grid

            columns: section.hasTwoColumns ? 2 : 1
            spacing: Theme.gap
            width: parent.width
        }
    }
}
