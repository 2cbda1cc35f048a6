import QtQuick

// Says at a corner of the button for the settings that there is a newer version.
Rectangle {
    color: Theme.blue
    height: 9
    objectName: "new-version-dot"
    radius: 4.5
    width: 9
    x: 34
    y: 33
}
