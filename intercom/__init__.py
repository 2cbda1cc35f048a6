"""The home's intercom: a wall panel, and the relay that lives in the same event loop."""

__version__ = "0.1.0"
