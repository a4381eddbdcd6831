"""Addresses of review meetings."""

from django.urls import path

from evaluations.meetings import views

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.call, name="meeting-new"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/points/", views.add_point, name="meeting-point"),
    path("meetings/<int:pk>/measure/", views.propose_measure, name="meeting-measure"),
    path("meetings/<int:pk>/<slug:step>/", views.meeting_step, name="meeting-step"),
]
