pragma ComponentBehavior: Bound
import QtQuick
import Intercom.Models

// A group of controls, which may be folded away.
Column {
    id: group

    required property list<ControlItem> controls
    property string title
    property bool isOpen: group.title.length === 0

    spacing: 18
    visible: group.controls.length > 0

    Pill {
        name: group.isOpen ? "chevron-up" : "chevron-down"
        objectName: "group-" + group.title
        text: group.title
        visible: group.title.length > 0

        onClicked: group.isOpen = !group.isOpen
    }

    Repeater {
        model: group.isOpen ? group.controls : []

        ControlView {
            required property ControlItem modelData

            control: modelData
            width: group.width
        }
    }
}
