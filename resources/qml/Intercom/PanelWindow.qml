pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Window
import Intercom.Models

Window {
    id: panel

    required property TileModel tiles
    required property AreaModel areas
    required property DeviceSheet sheet
    required property PairingSheet pairing
    required property OwnerGate gate
    required property FirstOwner firstOwner
    required property PeopleModel people
    required property ClientModel clients
    required property LogModel log
    required property WallClock clock
    required property PanelSettings settings
    required property ToastModel toasts
    required property TroubleNotice trouble
    required property Keyboard keyboard

    property bool isHome: true

    color: Theme.background
    minimumHeight: 360
    minimumWidth: 360
    title: qsTr("Intercom")

    onIsHomeChanged: if (panel.isHome)
        panel.gate.lock()
    onHeightChanged: Theme.windowHeight = panel.height
    onWidthChanged: Theme.windowWidth = panel.width

    Binding {
        property: "isDark"
        target: Theme
        value: panel.settings.isDark
    }

    Binding {
        property: "isStill"
        target: Theme
        value: panel.settings.isStill
    }

    Loader {
        id: rail

        active: !Theme.isPortrait
        height: parent.height
        width: active ? (Theme.isWide ? 264 : 76) : 0

        sourceComponent: AreaRail {
            areas: panel.areas
            clock: panel.clock
            isHome: panel.isHome
            settings: panel.settings

            onAreaChosen: row => {
                panel.isHome = true;
                panel.areas.show(row);
            }
            onSettingsAsked: panel.isHome = false
        }
    }

    Head {
        id: head

        anchors.left: rail.right
        anchors.leftMargin: Theme.margin
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        clock: panel.clock
        hasLightsOn: panel.areas.hasLightsOn
        isHome: panel.isHome
        settings: panel.settings
        summary: panel.areas.summary
        title: panel.isHome ? panel.areas.currentName : qsTr("Settings")
        y: Theme.isWide ? 24 : Theme.isShort ? 6 : 14

        onHomeAsked: panel.isHome = true
        onLightsOffAsked: panel.areas.turnLightsOff()
        onSettingsAsked: panel.isHome = false
    }

    Loader {
        id: bar

        active: Theme.isPortrait
        anchors.left: head.left
        anchors.right: parent.right
        anchors.top: head.bottom
        anchors.topMargin: active ? 10 : 0
        height: active ? Theme.touch : 0

        sourceComponent: AreaBar {
            areas: panel.areas
            isHome: panel.isHome

            onAreaChosen: row => {
                panel.isHome = true;
                panel.areas.show(row);
            }
        }
    }

    TroubleBanner {
        id: banner

        anchors.left: head.left
        anchors.right: head.right
        anchors.top: bar.bottom
        anchors.topMargin: visible ? Theme.isShort ? 6 : 14 : 0
        trouble: panel.trouble
    }

    TileGrid {
        id: grid

        anchors.bottom: parent.bottom
        anchors.left: head.left
        anchors.right: head.right
        anchors.rightMargin: -Theme.tileGap
        anchors.top: banner.bottom
        anchors.topMargin: Theme.isShort ? banner.visible ? 12 : 4 : 18
        objectName: "tiles"
        tiles: panel.tiles
        visible: panel.isHome

        onSheetAsked: deviceId => panel.sheet.open(deviceId)
    }

    Loader {
        active: !panel.isHome
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.keyboardHeight
        anchors.left: head.left
        anchors.right: head.right
        anchors.top: grid.top

        sourceComponent: SettingsPage {
            clients: panel.clients
            firstOwner: panel.firstOwner
            gate: panel.gate
            log: panel.log
            people: panel.people
            settings: panel.settings
        }
    }

    DeviceSheetView {
        gate: panel.gate
        sheet: panel.sheet
    }

    FirstOwnerView {
        owner: panel.firstOwner

        onClosed: if (panel.isHome)
            panel.gate.lock()
    }

    PairingView {
        pairing: panel.pairing
        settings: panel.settings
    }

    KeyboardView {
        keyboard: panel.keyboard
    }

    Toasts {
        toasts: panel.toasts
    }
}
