"""Addresses of resource planning: requests, the allocation board and the pools."""

from django.urls import path

from planning.requests import views
from planning.requests.board_views import allocation, allocation_export, finish, grant, score
from planning.requests.pool_views import pool, pool_new, pools

urlpatterns = [
    path("report/<int:number>/publish/", views.publish, {"step": "publish"}, name="demand-report-publish"),
    path("requests/", views.requests, name="requests"),
    path("requests/export/", views.export, name="requests-export"),
    path("requests/<slug:department>/", views.request_page, name="request"),
    path("requests/<slug:department>/line/new/", views.line_new, name="request-line-new"),
    path("requests/<slug:department>/line/<int:pk>/", views.line, name="request-line"),
    path("requests/<slug:department>/line/<int:pk>/remove/", views.line_remove, name="request-line-remove"),
    path("requests/<slug:department>/check/", views.check, name="request-check"),
    path("requests/<slug:department>/<slug:step>/", views.take, name="request-step"),
    path("allocation/", allocation, name="allocation"),
    path("allocation/export/", allocation_export, name="allocation-export"),
    path("allocation/finish/", finish, name="allocation-finish"),
    path("allocation/<int:pk>/", grant, name="grant"),
    path("allocation/<int:pk>/score/", score, name="grant-score"),
    path("pools/", pools, name="pools"),
    path("pools/new/", pool_new, name="pool-new"),
    path("pools/<int:pk>/", pool, name="pool"),
]
