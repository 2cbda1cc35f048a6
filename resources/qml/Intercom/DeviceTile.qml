pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// One device. There may be many and they change often: few items, nothing that has to be drawn twice.
Item {
    id: tile

    required property TileModel tiles
    required property string deviceId
    required property string name
    required property string glyph
    required property string tone
    required property bool isOn
    required property real level
    required property bool canSlide
    required property string slideTone
    required property string number
    required property string words
    required property bool isPending
    required property bool isStale
    required property bool needsHold
    required property list<string> buttonNames
    required property list<bool> buttonsOn
    required property list<bool> buttonsPending

    // What the finger does, until the model says the same.
    property real draggedLevel: -1
    property bool isAsking: false
    readonly property real shownLevel: tile.draggedLevel >= 0 ? tile.draggedLevel : tile.level
    readonly property string shownTone: tile.draggedLevel >= 0 ? tile.slideTone : tile.tone
    readonly property int padding: Theme.isShort ? 12 : 16
    readonly property bool hasButtons: tile.buttonNames.length > 0
    readonly property bool hasWideRow: tile.buttonNames.length * Theme.touch <= tile.width - 2 * tile.padding + 6

    signal sheetAsked

    function touch() {
        if (tile.needsHold || tile.hasButtons)
            tile.sheetAsked();
        else
            tile.tiles.touch(tile.deviceId);
    }

    function forgetFinger() {
        tile.draggedLevel = -1;
        tile.isAsking = false;
    }

    Accessible.description: tile.words
    Accessible.name: tile.name
    Accessible.role: Accessible.Button
    activeFocusOnTab: true
    objectName: "tile-" + tile.deviceId

    Accessible.onPressAction: tile.touch()
    Keys.onMenuPressed: tile.sheetAsked()
    Keys.onReturnPressed: tile.touch()
    Keys.onSpacePressed: tile.touch()

    Rectangle {
        id: body

        anchors.fill: parent
        border.color: Theme.teal
        border.width: tile.activeFocus ? 2 : 0
        color: tile.isStale ? "transparent" : tile.shownLevel >= 100 ? Theme.fill(tile.shownTone) : Theme.tile
        radius: Theme.radiusTile
    }

    Item {
        clip: true
        height: parent.height
        visible: tile.shownLevel > 0 && tile.shownLevel < 100 && !tile.isStale
        width: Math.round(parent.width * tile.shownLevel / 100)

        Rectangle {
            color: Theme.fill(tile.shownTone)
            height: body.height
            radius: body.radius
            width: body.width
        }
    }

    Loader {
        active: tile.isStale
        anchors.fill: parent
        sourceComponent: DashedEdge {}
    }

    Item {
        anchors.fill: parent
        opacity: tile.isStale ? 0.75 : 1

        Rectangle {
            id: circle

            color: tile.isStale ? Theme.tile : tile.isOn ? Theme.accent(tile.tone) : Theme.fill(tile.tone)
            height: Theme.isShort && nameLine.lineCount > 1 ? 36 : Theme.iconCircle
            radius: height / 2
            visible: !tile.hasButtons
            width: height
            x: tile.padding
            y: tile.padding

            Icon {
                anchors.fill: parent
                color: tile.isStale ? Theme.dimInk : tile.isOn ? Theme.onAccent : Theme.accent(tile.tone)
                glyph: tile.glyph
            }
        }

        Ink {
            anchors.left: circle.right
            anchors.leftMargin: 8
            anchors.right: parent.right
            anchors.rightMargin: tile.padding
            anchors.verticalCenter: circle.verticalCenter
            font.pixelSize: Theme.textNumber
            font.weight: Font.Light
            fontSizeMode: Text.HorizontalFit
            horizontalAlignment: Text.AlignRight
            minimumPixelSize: 20
            text: tile.number
            visible: tile.number.length > 0 && !tile.hasButtons
        }

        Ink {
            id: nameLine

            anchors.bottom: wordsLine.top
            anchors.bottomMargin: 1
            anchors.left: parent.left
            anchors.leftMargin: tile.padding
            anchors.right: parent.right
            anchors.rightMargin: tile.padding
            color: tile.isStale ? Theme.dimInk : Theme.ink
            font.pixelSize: Theme.textName
            font.weight: Font.DemiBold
            lineHeight: 22
            lineHeightMode: Text.FixedHeight
            maximumLineCount: tile.hasButtons && Theme.isShort ? 1 : 2
            text: tile.name
            wrapMode: Text.Wrap
        }

        Ink {
            id: wordsLine

            anchors.bottom: parent.bottom
            anchors.bottomMargin: tile.padding - 1
            anchors.left: parent.left
            anchors.leftMargin: tile.padding
            anchors.right: parent.right
            anchors.rightMargin: tile.padding
            color: tile.isAsking ? Theme.teal : Theme.dimInk
            font.pixelSize: Theme.textSecond
            font.weight: tile.isAsking ? Font.DemiBold : Font.Normal
            text: tile.isAsking ? qsTr("Keep pressed") : tile.draggedLevel >= 0 ? Math.round(tile.draggedLevel) + " %" : tile.words
        }
    }

    Loader {
        active: tile.hasButtons
        width: tile.width - 2 * tile.padding + 6
        x: tile.padding - 3
        y: tile.padding

        sourceComponent: Grid {
            id: gang

            columns: tile.hasWideRow ? tile.buttonNames.length : 2
            rowSpacing: 6

            Repeater {
                model: tile.buttonNames

                GangButton {
                    required property int index
                    required property string modelData

                    enabled: !tile.isStale
                    height: Theme.touch
                    isOn: tile.buttonsOn[index] ?? false
                    isPending: tile.buttonsPending[index] ?? false
                    objectName: tile.objectName + "/" + index
                    text: modelData
                    width: Math.floor(gang.parent.width / gang.columns)

                    onClicked: tile.tiles.press(tile.deviceId, index)
                    onPressAndHold: tile.sheetAsked()
                }
            }
        }
    }

    Loader {
        active: tile.isPending
        anchors.bottom: parent.bottom
        width: parent.width

        sourceComponent: PendingBar {
            cornerRadius: body.radius
            tileHeight: tile.height
        }
    }

    // How long a lock has been held.
    Item {
        id: holding

        property real progress: 0

        anchors.bottom: parent.bottom
        clip: true
        height: 6
        visible: holding.progress > 0
        width: parent.width * holding.progress

        Rectangle {
            color: Theme.teal
            height: tile.height
            radius: body.radius
            width: tile.width
            y: holding.height - tile.height
        }

        NumberAnimation on progress {
            id: hold

            duration: Theme.holdMs
            from: 0
            running: tile.isAsking && tap.pressed
            to: 1

            onRunningChanged: if (!hold.running)
                holding.progress = 0
        }
    }

    Timer {
        interval: Theme.askingMs
        running: tile.isAsking && !tap.pressed

        onTriggered: tile.isAsking = false
    }

    Timer {
        id: settling

        interval: Theme.quickMs

        onTriggered: tile.draggedLevel = -1
    }

    TapHandler {
        id: tap

        // A press that has been long is no tap any more when the finger leaves.
        longPressThreshold: tile.isAsking ? Theme.holdMs / 1000 : 0.5

        onLongPressed: {
            if (tile.isAsking) {
                tile.isAsking = false;
                tile.tiles.hold(tile.deviceId);
            } else {
                tile.sheetAsked();
            }
        }
        onTapped: {
            if (tile.needsHold)
                tile.isAsking = true;
            else
                tile.touch();
        }
    }

    DragHandler {
        id: drag

        property real start: 0

        dragThreshold: 14
        enabled: tile.canSlide
        target: null
        yAxis.enabled: false

        onActiveChanged: {
            if (drag.active) {
                settling.stop();
                drag.start = Math.max(0, tile.level);
            } else if (tile.draggedLevel >= 0) {
                tile.tiles.slide(tile.deviceId, Math.round(tile.draggedLevel));
                settling.start();
            }
        }
        onTranslationChanged: if (drag.active)
            tile.draggedLevel = Math.max(0, Math.min(100, drag.start + drag.activeTranslation.x / tile.width * 100))
    }
}
