"""Addresses of the pages above the stages."""

from django.urls import path

from sop_portal.dashboards.pages.cycle import cycle, cycle_step
from sop_portal.dashboards.pages.my_work.view import count_of_tasks, my_work
from sop_portal.dashboards.pages.papers import papers
from sop_portal.dashboards.pages.process.records import process_records
from sop_portal.dashboards.pages.process.view import process_export, process_review
from sop_portal.dashboards.pages.project.view import project
from sop_portal.dashboards.pages.search import search
from sop_portal.dashboards.pages.training import training
from sop_portal.dashboards.pages.year.view import accuracy, dashboard

urlpatterns = [
    path("", my_work, name="my-work"),
    path("count/", count_of_tasks, name="my-work-count"),
    path("search/", search, name="search"),
    path("<year:year>/", cycle, name="cycle"),
    path("<year:year>/publish/", cycle_step, {"step": "publish"}, name="cycle-publish"),
    path("<year:year>/close/", cycle_step, {"step": "close"}, name="cycle-close"),
    path("<year:year>/process-review/", process_review, name="process-review"),
    path("<year:year>/process-review/export/<slug:kind>/", process_export, name="process-review-export"),
    path("<year:year>/process-review/records/", process_records, name="process-records"),
    path("<year:year>/training/", training, name="training"),
    path("<year:year>/dashboard/", dashboard, name="dashboard"),
    path("<year:year>/dashboard/accuracy/", accuracy, name="accuracy"),
    path("<year:year>/papers/", papers, name="papers"),
    path("<year:year>/projects/<slug:department>/<slug:project>/", project, name="project"),
]
