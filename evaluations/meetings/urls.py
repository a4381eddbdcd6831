"""Addresses of review meetings."""

from django.urls import path

from evaluations.meetings.pages import list, meeting

urlpatterns = [
    path("meetings/", list.meetings, name="meetings"),
    path("meetings/new/", list.call, name="meeting-new"),
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/points/", meeting.add_point, name="meeting-point"),
    path("meetings/<int:pk>/measure/", meeting.propose_measure, name="meeting-measure"),
    path("meetings/<int:pk>/<slug:step>/", meeting.meeting_step, name="meeting-step"),
]
