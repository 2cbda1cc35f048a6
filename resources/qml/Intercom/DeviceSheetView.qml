pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Intercom.Models

// Everything that one device can do.
Sheet {
    id: view

    required property DeviceSheet sheet
    required property OwnerGate gate

    property bool isArranging: false

    mostWidth: 640
    objectName: "sheet"

    contentItem: Column {
        spacing: Theme.isSmall ? 12 : 20

        Item {
            height: Math.max(52, names.implicitHeight)
            width: parent.width

            Rectangle {
                id: circle

                anchors.verticalCenter: parent.verticalCenter
                color: view.sheet.isOn ? Theme.accent(view.sheet.tone) : Theme.fill(view.sheet.tone)
                height: 52
                radius: 26
                width: 52

                Icon {
                    anchors.fill: parent
                    color: view.sheet.isOn ? Theme.onAccent : Theme.accent(view.sheet.tone)
                    glyph: view.sheet.glyph
                }
            }

            Column {
                id: names

                anchors.left: circle.right
                anchors.leftMargin: 16
                anchors.right: close.left
                anchors.rightMargin: 8
                anchors.verticalCenter: parent.verticalCenter
                spacing: 2

                Ink {
                    font.pixelSize: 22
                    font.weight: Font.DemiBold
                    maximumLineCount: 2
                    objectName: "sheet-name"
                    text: view.sheet.name
                    width: parent.width
                    wrapMode: Text.Wrap
                }

                Ink {
                    color: view.sheet.isPending ? Theme.teal : view.sheet.isStale ? Theme.red : Theme.dimInk
                    font.pixelSize: 16
                    objectName: "sheet-words"
                    text: view.sheet.words
                    width: parent.width
                }
            }

            IconButton {
                id: close

                anchors.right: parent.right
                anchors.top: parent.top
                name: "x"
                objectName: "sheet-close"
                surface: Theme.inset
                text: qsTr("Close")

                onClicked: view.close()
            }
        }

        Flickable {
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            contentHeight: body.implicitHeight
            flickableDirection: Flickable.VerticalFlick
            height: Math.min(body.implicitHeight, Theme.roomHeight - 2 * view.edge - 2 * view.padding - 52 - (Theme.isSmall ? 24 : 40))
            objectName: "sheet-body"
            width: parent.width

            ScrollBar.vertical: ScrollBar {
                policy: ScrollBar.AsNeeded
                width: 8
            }

            Column {
                id: body

                spacing: 22
                width: parent.width - 14

                ControlGroup {
                    controls: view.sheet.primary
                    width: parent.width
                }

                ControlGroup {
                    controls: view.sheet.settings
                    title: qsTr("Device settings")
                    width: parent.width
                }

                ControlGroup {
                    controls: view.sheet.details
                    title: qsTr("Details")
                    width: parent.width
                }

                Pill {
                    name: arrange.visible ? "chevron-up" : "chevron-down"
                    objectName: "sheet-arrange"
                    text: qsTr("Name and area")

                    onClicked: {
                        if (view.gate.isOpen)
                            view.isArranging = !arrange.visible;
                        else
                            pin.open();
                    }
                }

                Column {
                    id: arrange

                    spacing: 16
                    visible: view.isArranging && view.gate.isOpen
                    width: parent.width

                    Field {
                        id: name

                        label: qsTr("Name")
                        objectName: "sheet-rename"
                        placeholder: view.sheet.ownName
                        problem: view.sheet.nameProblem
                        value: view.sheet.name
                        width: parent.width

                        onEdited: view.sheet.forgetProblem()
                        onSent: text => view.sheet.rename(text)
                    }

                    OptionPicker {
                        current: view.sheet.area
                        labels: view.sheet.areaNames
                        width: parent.width

                        onChosen: index => view.sheet.move(index)
                    }

                    Item {
                        height: Theme.touch
                        width: parent.width

                        Reading {
                            anchors.left: parent.left
                            anchors.right: shareToggle.left
                            anchors.verticalCenter: parent.verticalCenter
                            label: qsTr("Guests may use it")
                            value: ""
                        }

                        Toggle {
                            id: shareToggle

                            anchors.right: parent.right
                            isOn: view.sheet.isShared
                            text: qsTr("Guests may use it")

                            onTurned: on => view.sheet.share(on)
                        }
                    }

                    Item {
                        height: Theme.touch
                        width: parent.width

                        Reading {
                            anchors.left: parent.left
                            anchors.right: hideToggle.left
                            anchors.verticalCenter: parent.verticalCenter
                            label: qsTr("No tile for it")
                            value: ""
                        }

                        Toggle {
                            id: hideToggle

                            anchors.right: parent.right
                            isOn: view.sheet.isHidden
                            text: qsTr("No tile for it")

                            onTurned: on => view.sheet.hide(on)
                        }
                    }

                    Ink {
                        color: Theme.dimInk
                        font.pixelSize: Theme.textSmall
                        text: view.sheet.facts
                        visible: text.length > 0
                        width: parent.width
                        wrapMode: Text.Wrap
                    }
                }
            }
        }

        PinView {
            id: pin

            problem: view.gate.problem
            title: qsTr("The owner's PIN")
            waitS: view.gate.waitS

            onEntered: pin => view.gate.enter(pin)
        }
    }

    onClosed: {
        view.isArranging = false;
        pin.close();
        view.gate.lock();
        view.sheet.close();
    }

    Connections {
        target: view.sheet

        function onClosed() {
            view.close();
        }
        function onOpened() {
            view.open();
        }
        function onRenamed() {
            name.finish();
        }
    }

    Connections {
        target: view.gate

        function onChanged() {
            if (!view.gate.isOpen || !pin.opened)
                return;
            pin.close();
            view.isArranging = true;
        }
    }
}
