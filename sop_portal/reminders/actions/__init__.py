"""Reminding of what is due, choosing when a year reminds, and renewing the address of a calendar."""

from sop_portal.reminders.actions.feed import renew_feed
from sop_portal.reminders.actions.schedule import set_schedule
from sop_portal.reminders.actions.sweeping import sweep

__all__ = ["renew_feed", "set_schedule", "sweep"]
