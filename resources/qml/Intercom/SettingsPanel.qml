pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// How the panel itself looks, and what is installed on it.
SettingsSection {
    id: section

    required property PanelSettings settings

    signal reset

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "palette"
            title: qsTr("Appearance")
            width: parent.width

            OptionPicker {
                readonly property list<string> choices: ["auto", "ko", "en"]

                current: choices.indexOf(section.settings.language)
                labels: [qsTr("System language"), "한국어", "English"]
                objectName: "language"
                width: parent.width

                onChosen: index => section.settings.chooseLanguage(choices[index])
            }

            OptionPicker {
                readonly property list<string> choices: ["auto", "dark", "light"]

                current: choices.indexOf(section.settings.theme)
                labels: [qsTr("Like the system"), qsTr("Dark"), qsTr("Light")]
                objectName: "theme"
                width: parent.width

                onChosen: index => section.settings.chooseTheme(choices[index])
            }

            Item {
                height: Theme.touch
                width: parent.width

                Reading {
                    anchors.left: parent.left
                    anchors.right: still.left
                    anchors.verticalCenter: parent.verticalCenter
                    label: qsTr("Less motion")
                    value: ""
                }

                Toggle {
                    id: still

                    anchors.right: parent.right
                    isOn: section.settings.isStill
                    text: qsTr("Less motion")

                    onTurned: on => section.settings.chooseStill(on)
                }
            }
        }
    }

    Column {
        spacing: Theme.gap
        width: section.columnWidth

        Card {
            glyphName: "sparkles"
            objectName: "new-version"
            title: qsTr("Newer version")
            visible: section.settings.hasNewVersion
            width: parent.width

            Ink {
                font.pixelSize: 16
                lineHeight: 1.2
                maximumLineCount: 5
                text: section.settings.newVersion
                width: parent.width
                wrapMode: Text.Wrap
            }

            Ink {
                color: Theme.dimInk
                font.pixelSize: Theme.textSecond
                lineHeight: 1.2
                maximumLineCount: 12
                text: section.settings.newVersionNotes
                visible: text.length > 0
                width: parent.width
                wrapMode: Text.Wrap
            }
        }

        Card {
            glyphName: "rotate-ccw"
            title: qsTr("Start anew")
            visible: section.settings.canReset
            width: parent.width

            Ink {
                color: Theme.dimInk
                font.pixelSize: 16
                lineHeight: 1.2
                maximumLineCount: 5
                text: qsTr("For moving out: forgets people, phones, names, areas and all that happened. The devices themselves keep what they know.")
                width: parent.width
                wrapMode: Text.Wrap
            }

            HoldButton {
                fill: Theme.redFill
                holdMs: 3 * Theme.holdMs
                ink: Theme.red
                objectName: "reset"
                text: qsTr("Erase this home")

                onHeld: section.reset()
            }
        }

        Ink {
            color: Theme.dimInk
            font.pixelSize: Theme.textSmall
            leftPadding: 22
            text: qsTr("Version %1").arg(section.settings.version)
            visible: section.settings.version.length > 0
        }
    }
}
