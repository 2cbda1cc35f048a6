import QtQuick
import QtQuick.Shapes

// The edge of a tile that has no news.
Shape {
    id: edge

    property real cornerRadius: Theme.radiusTile

    ShapePath {
        capStyle: ShapePath.FlatCap
        dashPattern: [4, 3]
        fillColor: "transparent"
        strokeColor: Theme.line
        strokeStyle: ShapePath.DashLine
        strokeWidth: 2

        PathRectangle {
            height: edge.height - 2
            radius: edge.cornerRadius
            width: edge.width - 2
            x: 1
            y: 1
        }
    }
}
