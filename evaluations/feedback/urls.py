"""Addresses of feedback."""

from django.urls import path

from evaluations.feedback.pages import entry, list, stage

urlpatterns = [
    path("feedback/", list.feedback, name="feedback"),
    path("feedback/new/", list.give, name="feedback-new"),
    path("feedback/<key:pk>/", entry.entry, name="feedback-entry"),
    path("feedback/<key:pk>/answer/", entry.answer, name="feedback-answer"),
    path("feedback/<key:pk>/helped/", entry.helped, name="feedback-helped"),
    path("feedback/<key:pk>/measure/", entry.propose_measure, name="feedback-measure"),
    path("what-was-hard/<slug:stage>/", stage.answer_stage, name="stage-answer"),
]
