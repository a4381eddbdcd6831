"""Addresses of the projects of a year, and of the history brought in from earlier years."""

from django.urls import path

from planning.projects.pages.change import change
from planning.projects.pages.history import imports, template, undo, upload
from planning.projects.pages.history_map import answer, problems_file, reading, take
from planning.projects.pages.list import export, projects
from planning.projects.pages.past import past, past_figure, take_back

urlpatterns = [
    path("projects/", projects, name="projects"),
    path("projects/export/", export, name="projects-export"),
    path("projects/<slug:department>/<slug:project>/change/", change, name="project-change"),
    path("history/", imports, name="history"),
    path("history/template/", template, name="history-template"),
    path("history/upload/", upload, name="history-upload"),
    path("history/map/<uuid:token>/", reading, name="history-map"),
    path("history/map/<uuid:token>/problems/", problems_file, name="history-problems"),
    path("history/map/<uuid:token>/answer/", answer, name="history-answer"),
    path("history/map/<uuid:token>/take/", take, name="history-take"),
    path("history/<key:pk>/undo/", undo, name="history-undo"),
    path("past/<slug:department>/", past, name="past-figures"),
    path("past/<slug:department>/<key:pk>/", past_figure, name="past-figure"),
    path("past/<slug:department>/<key:pk>/take-back/", take_back, name="past-figure-take-back"),
]
