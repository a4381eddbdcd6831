"""Addresses of feedback."""

from django.urls import path

from evaluations.feedback.pages import entry, list

urlpatterns = [
    path("feedback/", list.feedback, name="feedback"),
    path("feedback/new/", list.give, name="feedback-new"),
    path("feedback/<int:pk>/", entry.entry, name="feedback-entry"),
    path("feedback/<int:pk>/answer/", entry.answer, name="feedback-answer"),
    path("feedback/<int:pk>/measure/", entry.propose_measure, name="feedback-measure"),
]
