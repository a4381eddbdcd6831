"""Addresses of change proposals."""

from django.urls import path

from evaluations.proposals.pages import list, proposal

urlpatterns = [
    path("proposals/", list.proposals, name="proposals"),
    path("proposals/new/", list.propose, name="proposal-new"),
    path("proposals/<key:number>/", proposal.proposal, name="proposal"),
    path("proposals/<key:number>/<slug:step>/", proposal.proposal_step, name="proposal-step"),
]
