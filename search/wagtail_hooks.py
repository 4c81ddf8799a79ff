"""Registers search with Wagtail's admin and with the hooks of the base layer."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from hub.access.editors import may_change_documents
from hub.health.findings import check
from hub.jobs.scheduler import A_DAY, AN_HOUR, every
from hub.models import KnowledgePage
from hub.people.personal_data import PersonalData
from search import health, jobs
from search.alerts import account_section, emails, subscriptions
from search.extraction import document_text
from search.extraction.views import UnreadableFilesView, file_text, warn_about_unreadable_files
from search.index.glossary import load_glossary
from search.models import Alert, GlossaryTerm, SearchCount
from search.query.similar import similar_pages
from search.statistics import counters
from search.statistics.counters import OpenEvent
from search.statistics.report import SearchesView, may_see_searches
from search.text import thai


class GlossaryViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "openquote"
    add_to_admin_menu = True
    menu_label = _("Words and synonyms")
    menu_order = 310
    list_display = ["__str__", "note"]
    panels = [FieldPanel("names"), FieldPanel("note")]


register_snippet(GlossaryViewSet)


@hooks.register("insert_global_admin_js")
def add_file_text_script():
    return format_html(
        '<script src="{}" data-address="{}"></script>',
        static("js/search/file_text.js"), reverse("search_file_text", args=[0]),
    )


@hooks.register("before_serve_page")
def note_opened_page(page, request, args, kwargs):
    if isinstance(page, KnowledgePage):
        request.counted_event = OpenEvent(page_id=page.pk)


@hooks.register("before_serve_document")
def note_opened_file(document, request):
    request.counted_event = OpenEvent(document_id=document.pk)


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [
        path("documents/<int:document_id>/text/", file_text, name="search_file_text"),
        path("reports/searches/", SearchesView.as_view(), name="search_searches"),
        path("reports/searches/results/", SearchesView.as_view(results_only=True),
             name="search_searches_results"),
        path("reports/unreadable-files/", UnreadableFilesView.as_view(),
             name="search_unreadable_files"),
        path("reports/unreadable-files/results/",
             UnreadableFilesView.as_view(results_only=True),
             name="search_unreadable_files_results"),
    ]


class SearchesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_searches(request.user)


@hooks.register("register_reports_menu_item")
def register_searches_menu_item():
    return SearchesMenuItem(
        _("Searches"), reverse("search_searches"),
        name="searches", icon_name="search", order=610,
    )


class UnreadableFilesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_change_documents(request.user)


@hooks.register("register_reports_menu_item")
def register_unreadable_files_menu_item():
    return UnreadableFilesMenuItem(
        _("Files that cannot be read"), reverse("search_unreadable_files"),
        name="unreadable-files", icon_name="doc-full", order=600,
    )


@hooks.register("confirmation_email")
def alert_confirmation_email(subscription):
    return emails.confirmation_email(subscription) if isinstance(subscription, Alert) else None


hooks.register("before_edit_page", warn_about_unreadable_files)
hooks.register("segment_words", thai.tokens)
hooks.register("find_similar_pages", similar_pages)
hooks.register("document_text_status", document_text.text_status)
hooks.register("extract_document_text", document_text.extract_now)
hooks.register("count_response", counters.count)
hooks.register("account_section", account_section.section, order=100)
hooks.register("load_reference_data", load_glossary)
hooks.register("register_job", every(0, jobs.repair))
hooks.register("register_job", every(0, jobs.look_after_indexes, in_thread=True))
hooks.register("register_job", every(0, jobs.update_cluster, in_thread=True))
hooks.register("register_job", every(AN_HOUR, subscriptions.send_due))
hooks.register("register_job", every(A_DAY, SearchCount.objects.prune))
hooks.register("register_personal_data", lambda: PersonalData(
    "alerts", account_section.export, account_section.erase))
hooks.register("register_health_check", check("index", _("Search index"), health.index), order=100)
hooks.register("register_health_check", check(
    "editors_index", _("Index of the search in the admin"), health.editors_index), order=101)
hooks.register("register_health_check", check(
    "cluster", _("Search cluster"), health.search_cluster), order=102)
