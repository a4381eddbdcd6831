"""Addresses of people, departments and one's own account."""

from django.urls import path

from sop_portal.people import views

urlpatterns = [
    path("set-up/people/", views.people, name="people"),
    path("set-up/people/new/", views.person_new, name="person-new"),
    path("set-up/people/add/", views.person_add, name="person-add"),
    path("set-up/people/<int:pk>/", views.person, name="person"),
    path("set-up/people/<int:pk>/change/", views.person_change, name="person-change"),
    path("set-up/people/<int:pk>/role/", views.role_give, name="role-give"),
    path("set-up/roles/<int:pk>/end/", views.role_end, name="role-end"),
    path("me/", views.account, name="account"),
    path("me/preferences/", views.preferences, name="preferences"),
    path("me/deputy/", views.delegate, name="delegate"),
    path("me/deputy/<int:pk>/end/", views.end_delegation, name="delegation-end"),
]
