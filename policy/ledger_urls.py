"""Addresses of the follow-up, below /follow-up/."""

from django.urls import path

from policy import ledger_views, link_views, report_views

CELL = "clause/<uuid:key>/<slug:party>/"

urlpatterns = [
    path("", ledger_views.overview, name="follow_up"),
    path("assembly/<int:assembly>/", ledger_views.assembly, name="follow_up_assembly"),
    path("party/<slug:party>/", ledger_views.party, name="follow_up_party"),
    path("area/<slug:area>/", ledger_views.area, name="follow_up_area"),
    path("data.<str:kind>", ledger_views.data, name="follow_up_data"),
    path(CELL, ledger_views.cell, name="follow_up_cell"),
    path(f"{CELL}data.<str:kind>", ledger_views.cell_data, name="follow_up_cell_data"),
    path(f"{CELL}report/", report_views.report, name="follow_up_report"),
    path(f"{CELL}verify/", report_views.verify, name="follow_up_verify"),
    path("mine/", report_views.mine, name="follow_up_mine"),
    path("<str:kind>/<int:pk>/withdraw/", report_views.withdraw, name="follow_up_withdraw"),
    path("<str:kind>/<int:pk>/file/", report_views.file, name="follow_up_file"),
    path("link/<str:token>/", link_views.report, name="follow_up_link"),
    path("quiet/<str:token>/", link_views.quiet, name="follow_up_quiet"),
]
