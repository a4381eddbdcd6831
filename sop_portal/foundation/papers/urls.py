"""Addresses of papers, and of their files, which are never pages."""

from django.urls import path

from sop_portal.foundation.papers.pages import attaching, files, overview, viewing

urlpatterns = [
    path("papers/", overview.papers, name="papers-overview"),
    path("papers/bring/", attaching.bring_paper, name="paper-bring"),
    path("papers/<key:pk>/", viewing.paper, name="paper"),
    path("papers/<key:pk>/replace/", attaching.replace, name="paper-replace"),
    path("papers/<key:pk>/take-back/", attaching.take_back, name="paper-take-back"),
    path("papers/<key:pk>/versions/", viewing.versions, name="paper-versions"),
    path("papers/<slug:kind>/<key:pk>/", attaching.attach, name="paper-attach"),
    path("files/<key:pk>/", files.download, name="paper-file"),
    path("files/<key:pk>/shown/", files.picture, name="paper-picture"),
    path("files/<key:pk>/small/", files.small, name="paper-small"),
    path("files/<key:pk>/page/<number:number>/", files.pdf_page, name="paper-page"),
]
