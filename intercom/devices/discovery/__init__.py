"""MQTT discovery: Home Assistant's language and Tasmota's own.

Messages go in, devices and states come out; commands go in, messages come out.

Pure: no sockets, no loop, no clock of its own. `engine` is the door; every other module serves it.
"""
