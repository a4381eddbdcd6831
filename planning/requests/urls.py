"""Addresses of resource planning: requests, the allocation board and the pools."""

from django.urls import path

from planning.requests.pages.board import allocation, allocation_export, finish
from planning.requests.pages.board_line import grant, score
from planning.requests.pages.board_together import grant_together
from planning.requests.pages.filling_in import fill_in
from planning.requests.pages.line import line, new_line, remove_line
from planning.requests.pages.list import export, requests
from planning.requests.pages.pools import new_pool, pool, pools
from planning.requests.pages.publish import publish
from planning.requests.pages.request import check, request_page, take

urlpatterns = [
    path("report/<number:number>/publish/", publish, {"step": "publish"}, name="demand-report-publish"),
    path("requests/", requests, name="requests"),
    path("requests/export/", export, name="requests-export"),
    path("requests/<slug:department>/", request_page, name="request"),
    path("requests/<slug:department>/line/new/", new_line, name="request-line-new"),
    path("requests/<slug:department>/line/<key:pk>/", line, name="request-line"),
    path("requests/<slug:department>/line/<key:pk>/remove/", remove_line, name="request-line-remove"),
    path("requests/<slug:department>/fill-in/", fill_in, name="request-fill-in"),
    path("requests/<slug:department>/check/", check, name="request-check"),
    path("requests/<slug:department>/<slug:step>/", take, name="request-step"),
    path("allocation/", allocation, name="allocation"),
    path("allocation/export/", allocation_export, name="allocation-export"),
    path("allocation/finish/", finish, name="allocation-finish"),
    path("allocation/together/", grant_together, name="allocation-together"),
    path("allocation/<key:pk>/", grant, name="grant"),
    path("allocation/<key:pk>/score/", score, name="grant-score"),
    path("pools/", pools, name="pools"),
    path("pools/new/", new_pool, name="pool-new"),
    path("pools/<key:pk>/", pool, name="pool"),
]
