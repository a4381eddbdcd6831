"""Every address of the portal, readable and beginning with the year."""

from django.urls import include, path, re_path
from django.views.i18n import set_language

from sop_portal.foundation.organisation.access import not_there, open_to_all
from sop_portal.foundation.workflow.views import comment
from sop_portal.people.pages.account import to_account

handler400 = "sop_portal.operations.errors.bad_request"
handler500 = "sop_portal.operations.errors.server_error"

urlpatterns = [
    path("", include("sop_portal.dashboards.urls")),
    re_path("^account/(?:email|confirm-email|signup|login/code|3rdparty/signup)/", not_there),
    re_path("^account/2fa/webauthn/keys/[0-9]+/edit/", not_there),
    path("account/", to_account),
    path("account/2fa/", to_account),
    path("account/2fa/webauthn/", to_account),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("", include("sop_portal.demo.urls")),
    path("language/", open_to_all(set_language), name="set_language"),
    path("comments/<slug:kind>/<key:pk>/", comment, name="comment"),
    path("", include("sop_portal.foundation.papers.urls")),
    path("notices/", include("sop_portal.foundation.notices.urls")),
    path("", include("sop_portal.sign_in.urls")),
    path("", include("sop_portal.operations.urls")),
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
    path("<year:year>/", include("evaluations.proposals.urls")),
    path("<year:year>/", include("evaluations.meetings.urls")),
    path("", include("evaluations.training.urls")),
]
