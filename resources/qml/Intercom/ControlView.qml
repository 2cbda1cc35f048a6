pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// One control of a sheet, drawn as its kind asks.
Column {
    id: view

    required property ControlItem control

    objectName: "control-" + view.control.identity
    opacity: view.control.isAvailable ? 1 : 0.5
    spacing: 10

    Item {
        height: Math.max(reading.implicitHeight, toggle.visible ? toggle.height : 0)
        width: parent.width

        Reading {
            id: reading

            anchors.left: parent.left
            anchors.right: toggle.visible ? toggle.left : parent.right
            anchors.rightMargin: toggle.visible ? 12 : 0
            anchors.verticalCenter: parent.verticalCenter
            glyph: view.control.kind === "value" ? view.control.glyph : ""
            ink: view.control.isPending ? Theme.teal : Theme.dimInk
            label: view.control.label
            value: view.control.kind === "stepper" ? "" : view.control.note
        }

        Toggle {
            id: toggle

            anchors.right: parent.right
            isOn: view.control.isOn
            objectName: view.objectName + "/toggle"
            text: view.control.label
            visible: view.control.kind === "switch"

            onTurned: on => view.control.turn(on)
        }
    }

    Loader {
        sourceComponent: {
            switch (view.control.kind) {
            case "slider":
                return level;
            case "kelvin":
                return kelvin;
            case "color":
                return color;
            case "stepper":
                return stepper;
            case "choice":
                return choice;
            case "actions":
                return actions;
            case "text":
                return text;
            case "image":
                return image;
            default:
                return null;
            }
        }
        visible: status === Loader.Ready
        width: parent.width
    }

    Component {
        id: level

        LevelSlider {
            Accessible.name: view.control.label
            fill: view.control.tone === "plain" ? Theme.teal : Theme.accent(view.control.tone)
            from: view.control.low
            hasLevel: view.control.hasNumber
            level: view.control.number
            objectName: view.objectName + "/slider"
            stepSize: view.control.step
            to: view.control.high

            onAsked: level => view.control.setNumber(level)
        }
    }

    Component {
        id: kelvin

        LevelSlider {
            Accessible.name: view.control.label
            from: view.control.low
            hasLevel: view.control.hasNumber
            level: view.control.number
            objectName: view.objectName + "/slider"
            stepSize: view.control.step
            to: view.control.high
            track: Gradient {
                orientation: Gradient.Horizontal

                GradientStop { color: "#ffb35c"; position: 0 }
                GradientStop { color: "#fff3e0"; position: 0.55 }
                GradientStop { color: "#c3dcff"; position: 1 }
            }

            onAsked: level => view.control.setNumber(level)
        }
    }

    Component {
        id: color

        ColorControl {
            hue: view.control.hue
            saturation: view.control.saturation

            onAsked: (hue, saturation) => view.control.setColor(hue, saturation)
        }
    }

    Component {
        id: stepper

        Stepper {
            isPending: view.control.isPending
            objectName: view.objectName + "/stepper"
            reading: view.control.hasNumber ? view.control.note : "–"

            onStepped: steps => view.control.stepBy(steps)
        }
    }

    Component {
        id: choice

        OptionPicker {
            current: view.control.chosen
            labels: view.control.optionLabels

            onChosen: index => view.control.choose(index, "")
        }
    }

    Component {
        id: actions

        Column {
            spacing: 12

            Loader {
                id: pad

                readonly property string code: (pad.item as CodePad)?.code ?? ""

                function clear() {
                    if (pad.item as CodePad)
                        (pad.item as CodePad).code = "";
                }

                active: view.control.asksCode
                visible: active
                width: parent.width

                sourceComponent: CodePad {}
            }

            Flow {
                spacing: 10
                width: parent.width

                Repeater {
                    model: view.control.optionLabels

                    Loader {
                        id: pick

                        required property int index
                        required property string modelData

                        function choose() {
                            view.control.choose(pick.index, pad.code);
                            pad.clear();
                        }

                        sourceComponent: view.control.optionsToHold.includes(pick.modelData) ? holdAction : plainAction

                        Component {
                            id: plainAction

                            Pill {
                                height: 56
                                ink: pick.index === view.control.chosen ? Theme.onAccent : Theme.ink
                                objectName: view.objectName + "/" + pick.index
                                surface: pick.index === view.control.chosen ? Theme.teal : Theme.inset
                                text: pick.modelData
                                width: Math.max(112, implicitWidth)

                                onClicked: pick.choose()
                            }
                        }

                        Component {
                            id: holdAction

                            HoldButton {
                                height: 56
                                objectName: view.objectName + "/" + pick.index
                                text: pick.modelData

                                onHeld: pick.choose()
                            }
                        }
                    }
                }
            }
        }
    }

    Component {
        id: text

        Field {
            id: line

            action: qsTr("Send")
            isSecret: view.control.isSecret
            objectName: view.objectName + "/text"
            placeholder: view.control.label
            value: view.control.text

            onSent: text => {
                view.control.send(text);
                line.finish();
            }
        }
    }

    Component {
        id: image

        Image {
            asynchronous: true
            cache: false
            fillMode: Image.PreserveAspectFit
            height: status === Image.Ready ? Math.min(320, implicitHeight * width / Math.max(1, implicitWidth)) : 0
            source: view.control.picture
            sourceSize.width: 640
        }
    }
}
