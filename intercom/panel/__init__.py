"""The window on the wall: view-models that translate the home for Qt, and emit only on change."""
