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
    path("comments/<slug:kind>/<int:pk>/", comment, name="comment"),
    path("notices/", include("sop_portal.foundation.notices.urls")),
    path("", include("sop_portal.people.urls")),
    path("", include("sop_portal.handover.urls")),
    path("", include("sop_portal.reminders.urls")),
    path("trail/", include("sop_portal.foundation.trail.urls")),
    path("handbook/", include("sop_portal.handbook.urls")),
    path("", include("planning.cycles.urls")),
    path("<int:year>/extensions/", include("planning.extensions.urls")),
    path("<int:year>/", include("planning.projects.urls")),
    path("<int:year>/", include("planning.forecasts.urls")),
    path("<int:year>/", include("planning.requests.urls")),
    path("<int:year>/", include("budgets.drafting.urls")),
    path("<int:year>/", include("budgets.audits.urls")),
    path("<int:year>/", include("budgets.spending.urls")),
    path("<int:year>/", include("evaluations.reports.urls")),
    path("<int:year>/", include("evaluations.reviews.urls")),
    path("<int:year>/", include("evaluations.improvements.urls")),
    path("<int:year>/", include("evaluations.feedback.urls")),
    path("<int:year>/", include("evaluations.meetings.urls")),
]
