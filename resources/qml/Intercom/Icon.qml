import QtQuick
import Intercom.Models

// One of Lucide's icons, by its name or as the character that a view-model gives.
Text {
    id: icon

    property string name
    property string glyph: icon.name.length > 0 ? Icons.glyph(icon.name) : ""
    property int size: Theme.icon

    Accessible.ignored: true
    color: Theme.ink
    font.family: Theme.iconFamily
    font.pixelSize: icon.size
    horizontalAlignment: Text.AlignHCenter
    text: icon.glyph
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
}
