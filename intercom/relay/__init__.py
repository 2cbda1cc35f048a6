"""The embedded HTTP and Socket.IO server."""
