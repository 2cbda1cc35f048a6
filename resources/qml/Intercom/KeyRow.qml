pragma ComponentBehavior: Bound
import QtQuick

// Letters, digits or symbols side by side.
Row {
    id: row

    required property list<string> keys
    required property real keyHeight
    required property real keyWidth

    signal pressed(string key)

    Repeater {
        model: row.keys.length

        Key {
            required property int index

            height: row.keyHeight
            objectName: "key-" + text
            text: row.keys[index] ?? ""
            width: row.keyWidth

            onPressed: row.pressed(text)
        }
    }
}
