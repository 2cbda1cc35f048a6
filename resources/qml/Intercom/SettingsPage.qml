pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// The settings, in parts of which one is shown; all of them behind the owner's PIN.
Item {
    id: page

    required property OwnerGate gate
    required property FirstOwner firstOwner
    required property PeopleModel people
    required property ClientModel clients
    required property LogModel log
    required property PanelSettings settings

    readonly property list<string> names: ["connect", "people", "log", "panel"]
    property int current: 0

    objectName: "settings-page"

    Component.onCompleted: page.firstOwner.look()

    PinPad {
        id: pad

        anchors.centerIn: parent
        focus: true
        height: implicitHeight
        objectName: "gate"
        problem: page.gate.problem
        title: qsTr("The owner's PIN")
        visible: !page.gate.isOpen
        waitS: page.gate.waitS
        width: Math.min(implicitWidth, parent.width)

        onEntered: pin => page.gate.enter(pin)
    }

    Loader {
        active: page.gate.isOpen
        anchors.fill: parent

        sourceComponent: Item {
            Flickable {
                id: tabs

                boundsBehavior: Flickable.StopAtBounds
                contentWidth: row.implicitWidth
                flickableDirection: Flickable.HorizontalFlick
                height: Theme.touch
                width: parent.width

                Row {
                    id: row

                    spacing: 8

                    Repeater {
                        model: [qsTr("Connect"), qsTr("People"), qsTr("Log"), qsTr("This panel")]

                        Chip {
                            required property int index
                            required property string modelData

                            Accessible.role: Accessible.PageTab
                            checked: index === page.current
                            objectName: "section-" + page.names[index]
                            surface: Theme.tile
                            text: modelData

                            onClicked: page.current = index
                        }
                    }
                }
            }

            Loader {
                anchors.bottom: parent.bottom
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: tabs.bottom
                anchors.topMargin: Theme.tileGap
                sourceComponent: [connect, people, log, panel][page.current]
            }
        }
    }

    Component {
        id: connect

        SettingsConnect {
            firstOwner: page.firstOwner
            settings: page.settings
        }
    }

    Component {
        id: people

        SettingsPeople {
            clients: page.clients
            firstOwner: page.firstOwner
            gate: page.gate
            people: page.people
        }
    }

    Component {
        id: log

        SettingsLog {
            log: page.log
        }
    }

    Component {
        id: panel

        SettingsPanel {
            firstOwner: page.firstOwner
            settings: page.settings

            onReset: page.settings.reset()
        }
    }
}
