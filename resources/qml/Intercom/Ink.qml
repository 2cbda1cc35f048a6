import QtQuick

Text {
    color: Theme.ink
    elide: Text.ElideRight
    font.pixelSize: Theme.textBody
    textFormat: Text.PlainText
}
