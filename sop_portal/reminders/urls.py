"""Addresses of the reminder schedule, of one's own mails, and of calendars."""

from django.urls import path

from sop_portal.reminders import views

urlpatterns = [
    path("<int:year>/reminders/", views.schedule, name="reminders"),
    path("me/mails/", views.mails, name="mails-and-calendar"),
    path("me/mails/calendar/", views.renew_feed, name="feed-renew"),
    path("calendar/<str:key>.ics", views.calendar_feed, name="calendar-feed"),
]
