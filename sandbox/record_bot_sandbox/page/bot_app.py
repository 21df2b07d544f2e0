"""What Slack's client knows of the app from its manifest: commands with hints, and shortcuts.

The sandbox may not import the bot, so this stands here again; a test compares the two.
"""

from typing import Any

BOT_APP: dict[str, Any] = {
    "commands": [
        {
            "command": "/record",
            "description": "Record a room, or see what is being recorded",
            "usage_hint": "[start|stop|status|list|settings|help] [room] [options]",
        }
    ],
    "shortcuts": [
        {
            "name": "Start a recording",
            "type": "global",
            "callback_id": "start_recording",
            "description": "Choose a room and how to record it",
        },
        {
            "name": "Record the linked room",
            "type": "message",
            "callback_id": "record_link",
            "description": "Record the 100ms room that this message links to",
        },
    ],
}
