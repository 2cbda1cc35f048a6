pragma ComponentBehavior: Bound
import QtQuick

// Some to choose from: side by side, or folded away where they are many.
Column {
    id: picker

    required property list<string> labels
    required property int current

    readonly property bool isMany: picker.labels.length > 8
    property bool isOpen: false

    signal chosen(int index)

    spacing: 8

    Pill {
        name: picker.isOpen ? "chevron-up" : "chevron-down"
        text: picker.labels[picker.current] ?? qsTr("Choose")
        visible: picker.isMany
        width: Math.min(implicitWidth, picker.width)

        onClicked: picker.isOpen = !picker.isOpen
    }

    Flow {
        spacing: 8
        visible: !picker.isMany || picker.isOpen
        width: parent.width

        Repeater {
            model: picker.isMany && !picker.isOpen ? [] : picker.labels

            Chip {
                required property int index
                required property string modelData

                checked: index === picker.current
                mostWidth: picker.width
                text: modelData

                onClicked: {
                    picker.isOpen = false;
                    picker.chosen(index);
                }
            }
        }
    }
}
