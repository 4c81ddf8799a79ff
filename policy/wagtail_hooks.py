"""Plugs policy into Wagtail: snippets, permissions, the import of resolutions, hooks of the hub."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from hub.health.findings import check
from hub.jobs.scheduler import AN_HOUR, every
from hub.people.personal_data import PersonalData
from policy.amendments import editor
from policy.amendments import views as amendments
from policy.deliberation import account_section as deliberation_section
from policy.imports import views
from policy.ledger import broken_links, chain_nodes, doubtful_records
from policy.ledger.status_periods import complete
from policy.models import AssemblyPage, ClauseReport, ResolutionPage, Verification
from policy.models.clause_terms import terms_of_resolution
from policy.permissions import add_groups, may_amend, may_import_resolutions
from policy.reports import account_section as reports_section
from policy.reports import reminders
from policy.reports.editor import AppendOnlyPolicy, PolicyViewSetGroup

for record in (ClauseReport, Verification):
    register_permission_policy(record, AppendOnlyPolicy(record), exact_class=True)

register_snippet(PolicyViewSetGroup)


@hooks.register("register_admin_urls")
def import_urls():
    return [
        path("resolutions/<int:assembly>/", views.upload, name="policy_sheet"),
        path("resolutions/<int:assembly>/template.xlsx", views.template,
             name="policy_sheet_template"),
        path("resolutions/<int:assembly>/<int:sheet>/", views.preview,
             name="policy_sheet_preview"),
        path("resolutions/<int:resolution>/amend/", amendments.amendment, name="policy_amend"),
    ]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def import_resolutions_button(page, user, next_url=None, view_name=None):
    """A button on assemblies to import past resolutions, for users who may publish there."""
    if isinstance(page.specific_deferred, AssemblyPage) and may_import_resolutions(user, page):
        yield Button(
            _("Resolutions from a spreadsheet"), reverse("policy_sheet", args=[page.pk]),
            icon_name="table", priority=60,
        )


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def amend_button(page, user, next_url=None, view_name=None):
    """A button on published resolutions to amend them, for users who may publish there."""
    resolution = page.specific_deferred
    if isinstance(resolution, ResolutionPage) and not resolution.alias_of_id and may_amend(
        user, resolution
    ) and terms_of_resolution(resolution):
        yield Button(
            _("Amend the resolution"), reverse("policy_amend", args=[page.pk]),
            icon_name="edit", priority=60,
        )


hooks.register("before_delete_page", editor.before_delete_page)
hooks.register("before_bulk_action", editor.before_bulk_action)
hooks.register("before_copy_page", editor.before_copy_page)
hooks.register("account_section", reports_section.section, order=50)
hooks.register("account_section", deliberation_section.section, order=100)
hooks.register("load_reference_data", add_groups)
hooks.register("load_reference_data", complete)
hooks.register("register_health_check", check(
    "resolutions", doubtful_records.TITLE, doubtful_records.health), order=110)
hooks.register("non_page_nodes", chain_nodes.clause_nodes)
hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
hooks.register("register_job", every(AN_HOUR, reminders.send_due, by_day=True))
hooks.register("register_personal_data", lambda: PersonalData(
    "follow_up", reports_section.export_of, reports_section.erase_of))
hooks.register("register_personal_data", lambda: PersonalData(
    "deliberation", deliberation_section.export_of, deliberation_section.erase_of))
