"""Addresses of review meetings."""

from django.urls import path

from evaluations.meetings.pages import agenda, list, meeting, seats, series

urlpatterns = [
    path("meetings/", list.meetings, name="meetings"),
    path("meetings/new/", list.call, name="meeting-new"),
    path("meetings/series/new/", series.series_new, name="meeting-series-new"),
    path("meetings/series/<key:pk>/", series.series_change, name="meeting-series"),
    path("meetings/series/<key:pk>/end/", series.series_end, name="meeting-series-end"),
    path("meetings/<key:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<key:pk>/points/", meeting.add_point, name="meeting-point"),
    path("meetings/<key:pk>/change/", list.move, name="meeting-change"),
    path("meetings/<key:pk>/raise/", agenda.raise_point, name="meeting-raise"),
    path("meetings/<key:pk>/points/<key:number>/order/", agenda.order, name="meeting-order"),
    path("meetings/<key:pk>/points/<key:number>/drop/", agenda.drop, name="meeting-drop"),
    path("meetings/<key:pk>/seats/<key:number>/", seats.reply, name="meeting-reply"),
    path("meetings/<key:pk>/confirm/", seats.confirm, name="meeting-confirm"),
    path("meetings/<key:pk>/measure/", meeting.propose_measure, name="meeting-measure"),
    path("meetings/<key:pk>/<slug:step>/", meeting.meeting_step, name="meeting-step"),
]
