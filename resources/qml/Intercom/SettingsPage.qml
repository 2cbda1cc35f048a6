pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// The settings, in parts of which one is shown.
Item {
    id: page

    required property ClientModel clients
    required property PanelSettings settings

    readonly property list<string> names: ["connect", "people", "panel"]
    property int current: 0

    objectName: "settings-page"

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
                model: [qsTr("Connect"), qsTr("People"), qsTr("This panel")]

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
        sourceComponent: [connect, people, panel][page.current]
    }

    Component {
        id: connect

        SettingsConnect {
            settings: page.settings
        }
    }

    Component {
        id: people

        SettingsPeople {
            clients: page.clients
        }
    }

    Component {
        id: panel

        SettingsPanel {
            settings: page.settings
        }
    }
}
