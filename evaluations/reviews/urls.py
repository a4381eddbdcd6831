"""Addresses of evaluations and lessons, and of the steps of a project."""

from django.urls import path

from evaluations.reviews.pages import check, evaluation, lessons, list, project, review

EVALUATION = "evaluations/<slug:department>/<slug:project>/"

urlpatterns = [
    path("projects/<slug:department>/<slug:project>/<slug:step>/", project.project_step, name="project-step"),
    path("evaluations/", list.evaluations, name="evaluations"),
    path(EVALUATION, evaluation.evaluation, name="evaluation"),
    path(f"{EVALUATION}check/", check.check, name="evaluation-check"),
    path(f"{EVALUATION}review/", review.review, name="evaluation-review"),
    path(f"{EVALUATION}<slug:step>/", evaluation.evaluation_step, name="evaluation-step"),
    path("lessons/", lessons.lessons, name="lessons"),
]
