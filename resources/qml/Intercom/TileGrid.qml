pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// The tiles of an area. Each cell ends with a gap, so the grid is wider than what is seen by one gap.
GridView {
    id: grid

    required property TileModel tiles

    readonly property int leastWidth: grid.width < 456 ? 150 : grid.width > 1400 ? 260 : 216
    readonly property int columns: Math.max(1, Math.floor(grid.width / (grid.leastWidth + Theme.tileGap)))
    readonly property int firstRow: grid.visible ? Math.floor(grid.contentY / grid.cellHeight) * grid.columns : 0
    readonly property int lastRow: grid.visible ? Math.ceil((grid.contentY + grid.height) / grid.cellHeight) * grid.columns - 1 : -1

    signal sheetAsked(string deviceId)

    function look() {
        grid.tiles.look(grid.firstRow, grid.lastRow);
    }

    boundsBehavior: Flickable.StopAtBounds
    cacheBuffer: 0
    cellHeight: (grid.leastWidth < 216 ? 182 : Theme.tileHeight) + Theme.tileGap
    cellWidth: Math.floor(grid.width / grid.columns)
    clip: true
    flickableDirection: Flickable.VerticalFlick
    highlightFollowsCurrentItem: false
    model: grid.tiles
    pixelAligned: true
    reuseItems: true

    ScrollBar.vertical: ScrollBar {
        parent: grid.parent
        policy: ScrollBar.AsNeeded
        x: grid.x + grid.width - Theme.tileGap + 4
        y: grid.y
        height: grid.height
        width: 8
    }
    delegate: DeviceTile {
        height: grid.cellHeight - Theme.tileGap
        tiles: grid.tiles
        width: grid.cellWidth - Theme.tileGap

        GridView.onPooled: forgetFinger()
        onSheetAsked: grid.sheetAsked(deviceId)
    }

    Component.onCompleted: grid.look()
    onFirstRowChanged: grid.look()
    onLastRowChanged: grid.look()

    Column {
        anchors.centerIn: parent
        anchors.horizontalCenterOffset: -Theme.tileGap / 2
        spacing: 12
        visible: grid.count === 0
        width: Math.min(parent.width - 40, 460)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.dimInk
            name: "house-plug"
            size: 44
        }

        Ink {
            font.pixelSize: 20
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("No devices here yet")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Ink {
            color: Theme.dimInk
            font.pixelSize: 16
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1.3
            text: qsTr("Devices that find the home's broker appear by themselves. Its address and password are in the settings.")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
