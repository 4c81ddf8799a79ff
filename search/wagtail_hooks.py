"""What editors are told: which files cannot be read, and, as a report, what is searched for."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from hub.jobs.scheduler import A_DAY, AN_HOUR, every
from hub.models import HubDocument, KnowledgePage
from hub.people.personal_data import PersonalData
from hub.wagtail_hooks import may_change_documents
from search.alerts import account_section, subscriptions
from search.extraction import document_text
from search.index import schedule, signals
from search.models import DocumentText, GlossaryTerm, SearchCount
from search.query.similar import pages_like
from search.statistics import counters
from search.statistics.counters import Opened
from search.statistics.report import SearchesView, may_see_searches
from search.text import thai


class GlossaryViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "openquote"
    add_to_admin_menu = True
    menu_label = gettext_lazy("Words and synonyms")
    menu_order = 310
    list_display = ["__str__", "note"]
    panels = [FieldPanel("names"), FieldPanel("note")]


register_snippet(GlossaryViewSet)


@hooks.register("before_edit_page")
def say_which_files_cannot_be_read(request, page):
    """Above the form: files of this page that search cannot look into, and why."""
    if request.method != "GET" or not hasattr(page, "documents_to_index"):
        return
    documents = page.get_latest_revision_as_object().documents_to_index()
    texts = DocumentText.objects.unreadable().filter(document__in=documents)
    for text in texts.select_related("document"):
        message = _("Search cannot look into the file “%(title)s”: %(reason)s.") % {
            "title": text.document.title, "reason": text.get_status_display(),
        }
        if text.sample:
            message += " " + _("It reads: %(sample)s") % {"sample": text.sample[:120]}
        messages.warning(request, message)


def text_of_file(request, document_id):
    """What an editor is told of a file's text, a fragment; 202 while it is being read."""
    document = get_object_or_404(HubDocument, pk=document_id)
    policy = policy_registry.get_by_type(HubDocument)
    if not policy.user_has_any_permission_for_instance(
        request.user, ["add", "change", "choose"], document
    ):
        raise PermissionDenied
    text = DocumentText.objects.filter(document=document).first()
    waiting = text is not None and text.status == DocumentText.Status.WAITING
    return render(
        request, "search/text_of_file.html", {"text": text}, status=202 if waiting else 200
    )


@hooks.register("insert_global_admin_js")
def tell_of_files_just_uploaded():
    return format_html(
        '<script src="{}" data-address="{}"></script>',
        static("js/text_of_files.js"), reverse("search_text_of_file", args=[0]),
    )


class UnreadableFilesView(ReportView):
    """Every file whose text could not be read, newest first, with a link to the file."""

    model = DocumentText
    page_title = gettext_lazy("Files that cannot be read")
    header_icon = "doc-full"
    index_url_name = "search_unreadable_files"
    index_results_url_name = "search_unreadable_files_results"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    default_ordering = "-read_at"
    list_export = ["document", "get_status_display", "sample", "read_at"]
    columns = [
        TitleColumn(
            "document", label=gettext_lazy("File"),
            get_url=lambda text: reverse("wagtaildocs:edit", args=[text.document_id]),
        ),
        Column("get_status_display", label=gettext_lazy("Why")),
        Column("sample", label=gettext_lazy("What was read")),
        DateColumn("read_at", label=gettext_lazy("When")),
    ]

    any_permission_required = ["change"]

    @property
    def permission_policy(self):
        # Not at import: the registry is filled while apps get ready.
        return policy_registry.get_by_type(HubDocument)

    def get_queryset(self):
        documents = self.permission_policy.instances_user_has_permission_for(
            self.request.user, "change"
        )
        self.queryset = (
            DocumentText.objects.unreadable()
            .filter(document__in=documents)
            .select_related("document")
        )
        return super().get_queryset()


class UnreadableFilesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_change_documents(request.user)


class SearchesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_searches(request.user)


@hooks.register("before_serve_page")
def say_which_page_is_opened(page, request, args, kwargs):
    if isinstance(page, KnowledgePage):
        request.about = Opened(page_id=page.pk)


@hooks.register("before_serve_document")
def say_which_file_is_opened(document, request):
    request.about = Opened(document_id=document.pk)


@hooks.register("register_admin_urls")
def report_addresses():
    return [
        path("documents/<int:document_id>/text/", text_of_file, name="search_text_of_file"),
        path("reports/searches/", SearchesView.as_view(), name="search_searches"),
        path("reports/searches/results/", SearchesView.as_view(results_only=True),
             name="search_searches_results"),
        path("reports/unreadable-files/", UnreadableFilesView.as_view(),
             name="search_unreadable_files"),
        path("reports/unreadable-files/results/",
             UnreadableFilesView.as_view(results_only=True),
             name="search_unreadable_files_results"),
    ]


@hooks.register("register_reports_menu_item")
def searches_in_menu():
    return SearchesMenuItem(
        gettext_lazy("Searches"), reverse("search_searches"),
        name="searches", icon_name="search", order=610,
    )


@hooks.register("register_reports_menu_item")
def report_in_menu():
    return UnreadableFilesMenuItem(
        gettext_lazy("Files that cannot be read"), reverse("search_unreadable_files"),
        name="unreadable-files", icon_name="doc-full", order=600,
    )


hooks.register("segment_words", thai.tokens)
hooks.register("find_similar_pages", pages_like)
hooks.register("document_text_status", document_text.text_status)
hooks.register("extract_document_text", document_text.read)
hooks.register("count_response", counters.count)
hooks.register("account_section", account_section.section, order=100)
hooks.register("load_reference_data", signals.reference_loaded)
hooks.register("register_job", every(0, schedule.repair))
hooks.register("register_job", every(0, schedule.follow_cluster, in_thread=True))
hooks.register("register_job", every(AN_HOUR, subscriptions.send_due))
hooks.register("register_job", every(A_DAY, SearchCount.objects.forget))
hooks.register("register_personal_data", lambda: PersonalData(
    "alerts", account_section.export, account_section.erase))
