import QtQuick

/** A QR code: black on white in any theme, for readers expect that. */
Rectangle {
    id: code

    property alias source: picture.source

    color: "white"
    height: 132
    radius: 12
    width: 132

    Image {
        id: picture

        anchors.fill: parent
        anchors.margins: 4
        fillMode: Image.PreserveAspectFit
        smooth: false
    }
}
