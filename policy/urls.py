"""Addresses of the follow-up, below /follow-up/."""

from django.urls import path

from policy.ledger import views as ledger
from policy.reports import link_views as links
from policy.reports import views as reports

CELL = "clause/<uuid:key>/<slug:party>/"

urlpatterns = [
    path("", ledger.overview, name="follow_up"),
    path("assembly/<int:assembly>/", ledger.assembly, name="follow_up_assembly"),
    path("party/<slug:party>/", ledger.party, name="follow_up_party"),
    path("area/<slug:area>/", ledger.area, name="follow_up_area"),
    path("data.<str:kind>", ledger.data, name="follow_up_data"),
    path(CELL, ledger.cell, name="follow_up_cell"),
    path(f"{CELL}data.<str:kind>", ledger.cell_data, name="follow_up_cell_data"),
    path(f"{CELL}report/", reports.report, name="follow_up_report"),
    path(f"{CELL}verify/", reports.verify, name="follow_up_verify"),
    path("mine/", reports.my_parties, name="follow_up_my_parties"),
    path("<str:kind>/<int:pk>/withdraw/", reports.withdraw, name="follow_up_withdraw"),
    path("<str:kind>/<int:pk>/file/", reports.file, name="follow_up_file"),
    path("link/<str:token>/", links.report, name="follow_up_link"),
    path("quiet/<str:token>/", links.opt_out, name="follow_up_opt_out"),
]
