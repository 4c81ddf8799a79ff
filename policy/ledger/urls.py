"""Addresses of the follow-up, below /follow-up/."""

from django.urls import path

from policy.ledger import views as ledger_views
from policy.reports import link_views, views

CELL = "clause/<uuid:key>/<slug:party>/"

urlpatterns = [
    path("", ledger_views.overview, name="follow_up"),
    path("assembly/<int:assembly>/", ledger_views.assembly, name="follow_up_assembly"),
    path("party/<slug:party>/", ledger_views.party, name="follow_up_party"),
    path("area/<slug:area>/", ledger_views.area, name="follow_up_area"),
    path("data.<str:kind>", ledger_views.data, name="follow_up_data"),
    path(CELL, ledger_views.cell, name="follow_up_cell"),
    path(f"{CELL}data.<str:kind>", ledger_views.cell_data, name="follow_up_cell_data"),
    path(f"{CELL}report/", views.report, name="follow_up_report"),
    path(f"{CELL}verify/", views.verify, name="follow_up_verify"),
    path("mine/", views.mine, name="follow_up_mine"),
    path("<str:kind>/<int:pk>/withdraw/", views.withdraw, name="follow_up_withdraw"),
    path("<str:kind>/<int:pk>/file/", views.file, name="follow_up_file"),
    path("link/<str:token>/", link_views.report, name="follow_up_link"),
    path("quiet/<str:token>/", link_views.quiet, name="follow_up_quiet"),
]
