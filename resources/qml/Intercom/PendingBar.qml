import QtQuick

// A bar that runs along the lower edge of a tile, within its round corners.
Item {
    id: bar

    required property real cornerRadius
    required property real tileHeight

    clip: true
    height: 4

    Item {
        id: run

        clip: true
        height: bar.height
        width: bar.width * 0.44

        Rectangle {
            color: Theme.teal
            height: bar.tileHeight
            radius: bar.cornerRadius
            width: bar.width
            x: -run.x
            y: bar.height - bar.tileHeight
        }

        NumberAnimation on x {
            duration: Theme.pendingRoundMs
            from: -run.width
            loops: Animation.Infinite
            running: bar.visible && Theme.pendingRoundMs > 0
            to: bar.width
        }
    }
}
