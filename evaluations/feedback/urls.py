"""Addresses of feedback."""

from django.urls import path

from evaluations.feedback import views

urlpatterns = [
    path("feedback/", views.feedback, name="feedback"),
    path("feedback/new/", views.give, name="feedback-new"),
    path("feedback/<int:pk>/", views.entry, name="feedback-entry"),
    path("feedback/<int:pk>/answer/", views.answer, name="feedback-answer"),
    path("feedback/<int:pk>/measure/", views.propose_measure, name="feedback-measure"),
]
