"""Addresses of evaluations and lessons, and of the steps of a project."""

from django.urls import path

from evaluations.reviews import views

urlpatterns = [
    path("projects/<slug:department>/<slug:project>/<slug:step>/", views.project_step, name="project-step"),
    path("evaluations/", views.evaluations, name="evaluations"),
    path("evaluations/<slug:department>/<slug:project>/", views.evaluation, name="evaluation"),
    path("evaluations/<slug:department>/<slug:project>/check/", views.check, name="evaluation-check"),
    path("evaluations/<slug:department>/<slug:project>/goals/", views.add_goal, name="evaluation-goal"),
    path("evaluations/<slug:department>/<slug:project>/lessons/", views.add_lesson, name="evaluation-lesson"),
    path("evaluations/<slug:department>/<slug:project>/measures/", views.propose_measure, name="evaluation-measure"),
    path("evaluations/<slug:department>/<slug:project>/review/", views.review, name="evaluation-review"),
    path("evaluations/<slug:department>/<slug:project>/<slug:step>/", views.evaluation_step, name="evaluation-step"),
    path("lessons/", views.lessons, name="lessons"),
]
