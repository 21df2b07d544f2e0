"""Ids of the buttons of calendars."""

CALENDAR_OFF = "calendar_off"  # the value is the calendar's id
