"""A user's own live events, over WebSocket."""
