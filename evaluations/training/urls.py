"""Addresses of training; the matrix of people and needs stands above the stages."""

from django.urls import path

from evaluations.training.pages import needs, plan, session

urlpatterns = [
    path("training-needs/", needs.needs, name="training-needs"),
    path("training-needs/new/", needs.need, name="training-need-new"),
    path("training-needs/<key:pk>/", needs.need, name="training-need"),
    path("<year:year>/training/new/", plan.plan, name="training-new"),
    path("<year:year>/training/<key:pk>/", session.session, name="training-session"),
    path("<year:year>/training/<key:pk>/change/", plan.move, name="training-change"),
    path("<year:year>/training/<key:pk>/invite/", session.invite, name="training-invite"),
    path("<year:year>/training/<key:pk>/reply/", session.reply, name="training-reply"),
    path("<year:year>/training/<key:pk>/hold/", session.hold, name="training-hold"),
    path("<year:year>/training/<key:pk>/<slug:step>/", session.session_step, name="training-step"),
]
