"""Addresses of people, departments and one's own account."""

from django.urls import path

from sop_portal.people.pages import account, departments, deputies, people, personal, recovery

urlpatterns = [
    path("set-up/people/", people.people, name="people"),
    path("set-up/people/new/", people.person_new, name="person-new"),
    path("set-up/people/add/", people.person_add, name="person-add"),
    path("set-up/people/<key:pk>/", people.person, name="person"),
    path("set-up/people/<key:pk>/change/", people.person_change, name="person-change"),
    path("set-up/people/<key:pk>/deputy/", deputies.deputy, name="person-deputy"),
    path("set-up/people/<key:pk>/role/", people.role_give, name="role-give"),
    path("set-up/people/<key:pk>/invite/", people.person_invite, name="person-invite"),
    path("set-up/people/<key:pk>/recovery/", recovery.recovery_ask, name="recovery-ask"),
    path("set-up/people/<key:pk>/erase/", personal.erasure, name="person-erase"),
    path("me/copy/", personal.my_copy, name="my-copy"),
    path("me/copy/files/", personal.my_files, name="my-files"),
    path("recoveries/<key:pk>/", recovery.recovery, name="recovery"),
    path("recoveries/<key:pk>/decide/", recovery.recovery_decide, name="recovery-decide"),
    path("set-up/departments/", departments.departments, name="departments"),
    path("set-up/departments/new/", departments.department_new, name="department-new"),
    path("set-up/departments/add/", departments.department_add, name="department-add"),
    path("set-up/departments/<slug:slug>/", departments.department, name="department"),
    path("set-up/departments/<slug:slug>/change/", departments.department_change, name="department-change"),
    path("me/", account.account, name="account"),
    path("me/preferences/", account.preferences, name="preferences"),
    path("me/deputy/", account.delegate, name="delegate"),
    path("me/deputy/<key:pk>/end/", account.end_delegation, name="delegation-end"),
]
