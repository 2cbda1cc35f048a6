"""View-models for QML: the one crossing from Qt to asyncio."""
