"""Addresses of progress reports, of corrections in them, and of issues."""

from django.urls import path

from evaluations.reports.pages import check, correction, corrections, issue, issues, list, report, together

WHERE = "progress/<slug:department>/<slug:project>/<str:period>/"

urlpatterns = [
    path("progress/", list.progress, name="progress"),
    path("progress/together/", together.accept_together, name="reports-together"),
    path("progress/export/<slug:kind>/", list.progress_export, name="progress-export"),
    path(WHERE, report.report, name="report"),
    path(f"{WHERE}check/", check.check, name="report-check"),
    path(f"{WHERE}correct/", correction.correct_count, name="correct-count"),
    path(f"{WHERE}<slug:step>/", report.report_step, name="report-step"),
    path("corrections/", corrections.corrections, name="count-corrections"),
    path("corrections/<key:pk>/", correction.correction, name="count-correction"),
    path("corrections/<key:pk>/<slug:step>/", correction.correction_step, name="count-correction-step"),
    path("issues/", issues.issues, name="issues"),
    path("issues/new/<slug:department>/<slug:project>/", issue.issue_new, name="issue-new"),
    path("issues/<key:pk>/", issue.issue, name="issue"),
    path("issues/<key:pk>/raise/", issue.issue_raise, name="issue-raise"),
    path("issues/<key:pk>/<slug:step>/", issue.issue_step, name="issue-step"),
]
