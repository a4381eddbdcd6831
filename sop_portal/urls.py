"""Every address of the portal, readable and beginning with the year."""

from django.urls import include, path, re_path
from django.views.i18n import set_language

from sop_portal.foundation.organisation.access import not_there, open_to_all
from sop_portal.foundation.workflow.views import comment

urlpatterns = [
    path("", include("sop_portal.dashboards.urls")),
    re_path("^account/(?:email|confirm-email|signup|login/code)/", not_there),
    path("account/", include("allauth.urls")),
    path("", include("sop_portal.demo.urls")),
    path("language/", open_to_all(set_language), name="set_language"),
    path("comments/<slug:kind>/<key:pk>/", comment, name="comment"),
    path("notices/", include("sop_portal.foundation.notices.urls")),
    path("", include("sop_portal.set_up.urls")),
    path("", include("sop_portal.workbook.urls")),
    path("", include("sop_portal.people.urls")),
    path("", include("sop_portal.handover.urls")),
    path("", include("sop_portal.reminders.urls")),
    path("trail/", include("sop_portal.foundation.trail.urls")),
    path("handbook/", include("sop_portal.handbook.urls")),
    path("", include("planning.cycles.urls")),
    path("<year:year>/extensions/", include("planning.extensions.urls")),
    path("<year:year>/", include("planning.projects.urls")),
    path("<year:year>/", include("planning.forecasts.urls")),
    path("<year:year>/", include("planning.requests.urls")),
    path("<year:year>/", include("budgets.drafting.urls")),
    path("<year:year>/", include("budgets.audits.urls")),
    path("<year:year>/", include("budgets.spending.urls")),
    path("<year:year>/", include("evaluations.reports.urls")),
    path("<year:year>/", include("evaluations.reviews.urls")),
    path("<year:year>/", include("evaluations.improvements.urls")),
    path("<year:year>/", include("evaluations.feedback.urls")),
    path("<year:year>/", include("evaluations.meetings.urls")),
]
