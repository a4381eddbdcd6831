"""Addresses of the pages above the stages."""

from django.urls import path

from sop_portal.dashboards import views

urlpatterns = [
    path("", views.my_work, name="my-work"),
    path("search/", views.search, name="search"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("<int:year>/", views.cycle, name="cycle"),
    path("<int:year>/publish/", views.cycle_step, {"step": "publish"}, name="cycle-publish"),
    path("<int:year>/close/", views.cycle_step, {"step": "close"}, name="cycle-close"),
    path("<int:year>/dashboard/", views.dashboard, name="dashboard"),
    path("<int:year>/dashboard/accuracy/", views.accuracy, name="accuracy"),
    path("<int:year>/projects/<slug:department>/<slug:project>/", views.project, name="project"),
]
