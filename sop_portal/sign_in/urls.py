"""Addresses around signing in."""

from django.urls import path

from sop_portal.sign_in.pages import address
from sop_portal.sign_in.pages.invitation import invitation
from sop_portal.sign_in.pages.security_log import not_me, security_log
from sop_portal.sign_in.pages.sessions import end_others, end_session

urlpatterns = [
    path("invitation/<str:token>/", invitation, name="invitation"),
    path("address/<str:token>/", address.confirm, name="address-confirm"),
    path("address/<str:token>/stop/", address.stop, name="address-stop"),
    path("me/address/", address.address, name="address"),
    path("me/address/drop/", address.address_drop, name="address-drop"),
    path("me/security/", security_log, name="security-log"),
    path("me/security/not-me/", not_me, name="not-me"),
    path("me/sessions/<key:pk>/end/", end_session, name="session-end"),
    path("me/sessions/end-others/", end_others, name="sessions-end-others"),
]
