"""The domain: areas, devices, commands, pairing. Knows no Qt, web, MQTT or SQL."""
