import QtQuick
import QtQuick.Controls.Basic

// A level that is as wide as it is high: the fill is the level. It asks when the finger leaves.
Slider {
    id: slider

    required property real level
    property bool hasLevel: true
    property color fill: Theme.tealFill
    property Gradient track: null

    signal asked(real level)

    implicitHeight: 56
    padding: 0

    background: Rectangle {
        color: Theme.inset
        gradient: slider.track
        radius: 18

        Item {
            clip: true
            height: parent.height
            visible: slider.track === null && (slider.hasLevel || slider.pressed)
            width: slider.handle.x + slider.handle.width / 2

            Rectangle {
                color: slider.fill
                height: slider.height
                radius: 18
                width: slider.width
            }
        }

        Rectangle {
            anchors.fill: parent
            border.color: Theme.teal
            border.width: slider.visualFocus ? 2 : 0
            color: "transparent"
            radius: 18
        }
    }
    handle: Item {
        height: slider.height
        visible: slider.hasLevel || slider.pressed
        width: Theme.touch
        x: slider.visualPosition * (slider.width - width)

        Rectangle {
            anchors.centerIn: parent
            border.color: slider.track !== null ? "#40000000" : "transparent"
            border.width: 1
            color: slider.track !== null ? "white" : Theme.ink
            height: 32
            radius: 4
            width: 8
        }
    }

    onMoved: if (!slider.pressed)
        slider.asked(slider.value)
    onPressedChanged: if (!slider.pressed) {
        settling.start();
        slider.asked(slider.value);
    }

    Binding on value {
        value: slider.level
        when: !slider.pressed && !settling.running
    }

    Timer {
        id: settling

        interval: Theme.quickMs
    }
}
