"""Addresses of evaluations and lessons, and of the steps of a project."""

from django.urls import path

from evaluations.reviews import list_views, views

urlpatterns = [
    path("projects/<slug:department>/<slug:project>/<slug:step>/", views.project_step, name="project-step"),
    path("evaluations/", list_views.evaluations, name="evaluations"),
    path("evaluations/<slug:department>/<slug:project>/", views.evaluation, name="evaluation"),
    path("evaluations/<slug:department>/<slug:project>/check/", views.check, name="evaluation-check"),
    path("evaluations/<slug:department>/<slug:project>/review/", views.review, name="evaluation-review"),
    path("evaluations/<slug:department>/<slug:project>/<slug:step>/", views.evaluation_step, name="evaluation-step"),
    path("lessons/", list_views.lessons, name="lessons"),
]
