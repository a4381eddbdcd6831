"""Addresses of progress reports and issues."""

from django.urls import path

from evaluations.reports import issue_views, views

WHERE = "progress/<slug:department>/<slug:project>/<str:period>/"

urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("progress/export/<slug:kind>/", views.progress_export, name="progress-export"),
    path(WHERE, views.report, name="report"),
    path(f"{WHERE}check/", views.check, name="report-check"),
    path(f"{WHERE}<slug:step>/", views.report_step, name="report-step"),
    path("issues/", issue_views.issues, name="issues"),
    path("issues/new/<slug:department>/<slug:project>/", issue_views.issue_new, name="issue-new"),
    path("issues/<int:pk>/", issue_views.issue, name="issue"),
    path("issues/<int:pk>/raise/", issue_views.issue_raise, name="issue-raise"),
    path("issues/<int:pk>/<slug:step>/", issue_views.issue_step, name="issue-step"),
]
