"""Addresses of the reminder schedule, of one's own mails, and of calendars."""

from django.urls import path

from sop_portal.reminders.pages import calendar, mails, schedule

urlpatterns = [
    path("<year:year>/reminders/", schedule.schedule, name="reminders"),
    path("me/mails/", mails.mails, name="mails-and-calendar"),
    path("me/mails/calendar/", mails.renew_feed, name="feed-renew"),
    path("calendar/<str:key>.ics", calendar.calendar_feed, name="calendar-feed"),
]
