"""Addresses of the first page, the steps of the set-up, the organisation, its logo and the invitations."""

from django.urls import path

from sop_portal.set_up.pages.days_off import days_off
from sop_portal.set_up.pages.ending import access_ending, role_ending
from sop_portal.set_up.pages.first_administrator import first_administrator
from sop_portal.set_up.pages.invitations import invitations, invite_all, try_mail
from sop_portal.set_up.pages.logo import logo, remove_logo, set_logo
from sop_portal.set_up.pages.organisation import organisation
from sop_portal.set_up.pages.steps import set_up

urlpatterns = [
    path("first-administrator/", first_administrator, name="first-administrator"),
    path("set-up/", set_up, name="set-up"),
    path("set-up/roles/<key:pk>/end/", role_ending, name="role-end"),
    path("set-up/people/<key:pk>/end/", access_ending, name="access-end"),
    path("set-up/organisation/", organisation, name="organisation"),
    path("set-up/organisation/logo/", set_logo, name="logo-set"),
    path("set-up/organisation/logo/remove/", remove_logo, name="logo-remove"),
    path("logo/<slug:mark>/", logo, name="logo"),
    path("set-up/days-off/", days_off, name="days-off"),
    path("set-up/invitations/", invitations, name="invitations"),
    path("set-up/invitations/test/", try_mail, name="test-mail"),
    path("set-up/invitations/send/", invite_all, name="invite-all"),
]
