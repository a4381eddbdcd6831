"""Addresses of the pages above the stages."""

from django.urls import path

from sop_portal.dashboards.checks.health import livez, readyz
from sop_portal.dashboards.pages.cycle import cycle, cycle_step
from sop_portal.dashboards.pages.my_work.view import my_work
from sop_portal.dashboards.pages.project.view import project
from sop_portal.dashboards.pages.search import search
from sop_portal.dashboards.pages.year.view import accuracy, dashboard

urlpatterns = [
    path("", my_work, name="my-work"),
    path("search/", search, name="search"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("<year:year>/", cycle, name="cycle"),
    path("<year:year>/publish/", cycle_step, {"step": "publish"}, name="cycle-publish"),
    path("<year:year>/close/", cycle_step, {"step": "close"}, name="cycle-close"),
    path("<year:year>/dashboard/", dashboard, name="dashboard"),
    path("<year:year>/dashboard/accuracy/", accuracy, name="accuracy"),
    path("<year:year>/projects/<slug:department>/<slug:project>/", project, name="project"),
]
