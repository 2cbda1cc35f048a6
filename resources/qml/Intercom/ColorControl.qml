pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

// A colour: some to pick, or hue and saturation by hand.
Column {
    id: control

    required property real hue
    required property real saturation

    readonly property list<int> hues: [0, 28, 48, 90, 140, 180, 215, 260, 300, 335]

    signal asked(real hue, real saturation)

    spacing: 10

    Flow {
        spacing: 4
        width: control.width

        Repeater {
            model: control.hues

            AbstractButton {
                id: swatch

                required property int modelData

                readonly property bool isCurrent: control.hue >= 0 && control.saturation > 60 && Math.abs(control.hue - swatch.modelData) < 8

                Accessible.name: qsTr("Colour")
                height: 52
                width: 52

                background: Item {
                    Rectangle {
                        anchors.centerIn: parent
                        border.color: swatch.isCurrent || swatch.visualFocus ? Theme.ink : "transparent"
                        border.width: 3
                        color: Qt.hsva(swatch.modelData / 360, 0.85, 1, 1)
                        height: 42
                        radius: 21
                        width: 42
                    }
                }

                onClicked: control.asked(swatch.modelData, 85)
            }
        }
    }

    LevelSlider {
        Accessible.name: qsTr("Hue")
        from: 0
        hasLevel: control.hue >= 0
        level: Math.max(0, control.hue)
        to: 360
        track: Gradient {
            orientation: Gradient.Horizontal

            GradientStop { color: "#ff3b30"; position: 0 }
            GradientStop { color: "#ffd60a"; position: 0.167 }
            GradientStop { color: "#30d158"; position: 0.333 }
            GradientStop { color: "#40e0e0"; position: 0.5 }
            GradientStop { color: "#3a6cff"; position: 0.667 }
            GradientStop { color: "#e040fb"; position: 0.833 }
            GradientStop { color: "#ff3b30"; position: 1 }
        }
        width: control.width

        onAsked: level => control.asked(level, control.saturation)
    }

    LevelSlider {
        Accessible.name: qsTr("Saturation")
        from: 0
        hasLevel: control.hue >= 0
        level: control.saturation
        to: 100
        track: Gradient {
            orientation: Gradient.Horizontal

            GradientStop { color: "#ffffff"; position: 0 }
            GradientStop { color: Qt.hsva(Math.max(0, control.hue) / 360, 1, 1, 1); position: 1 }
        }
        width: control.width

        onAsked: level => control.asked(Math.max(0, control.hue), level)
    }
}
