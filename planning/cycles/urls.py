"""Addresses of the years: the list, a new one, its windows and extensions."""

from django.urls import path

from planning.cycles.pages.approvals import approval_rule
from planning.cycles.pages.days_off import days_off_rule
from planning.cycles.pages.extension import extend
from planning.cycles.pages.limits import deviation_rule, transfer_rule
from planning.cycles.pages.receipts import receipt_rule
from planning.cycles.pages.window import window
from planning.cycles.pages.windows import windows
from planning.cycles.pages.years import year_new, years
from sop_portal.foundation.organisation.access import either

# Whoever opens the address of a rule comes to the page it stands on.
urlpatterns = [
    path("set-up/years/", years, name="years"),
    path("set-up/years/new/", year_new, name="year-new"),
    path("<year:year>/windows/", windows, name="windows"),
    path("<year:year>/windows/days-off/", either(windows, days_off_rule, when_closed=True), name="days-off-rule"),
    path("<year:year>/windows/approvals/", either(windows, approval_rule, when_closed=True), name="approval-rule"),
    path("<year:year>/windows/receipts/", either(windows, receipt_rule, when_closed=True), name="receipt-rule"),
    path("<year:year>/windows/transfers/", either(windows, transfer_rule, when_closed=True), name="transfer-rule"),
    path("<year:year>/windows/deviations/", either(windows, deviation_rule, when_closed=True), name="deviation-rule"),
    path("<year:year>/windows/<slug:stage>/", window, name="window"),
    path("<year:year>/extend/", extend, name="extend"),
]
