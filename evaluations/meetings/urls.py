"""Addresses of review meetings."""

from django.urls import path

from evaluations.meetings.pages import list, meeting

urlpatterns = [
    path("meetings/", list.meetings, name="meetings"),
    path("meetings/new/", list.call, name="meeting-new"),
    path("meetings/<key:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<key:pk>/points/", meeting.add_point, name="meeting-point"),
    path("meetings/<key:pk>/measure/", meeting.propose_measure, name="meeting-measure"),
    path("meetings/<key:pk>/<slug:step>/", meeting.meeting_step, name="meeting-step"),
]
