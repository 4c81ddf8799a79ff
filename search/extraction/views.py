"""What editors see of the text in files: its state, and the report on unreadable files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from hub.access.editors import changeable_by
from hub.models import HubDocument
from search.models import DocumentText

MAX_SAMPLE = 120  # characters of garbled text in a message


def warn_about_unreadable_files(request, page):
    """The hook ``before_edit_page``: say which files of the page cannot be searched, and why."""
    if request.method != "GET" or not hasattr(page, "documents_shown"):
        return
    shown = page.get_latest_revision_as_object().documents_shown()
    documents = changeable_by(request.user, shown)
    texts = DocumentText.objects.unreadable().filter(document__in=documents)
    for text in texts.select_related("document"):
        message = _("Search cannot look into the file “%(title)s”: %(reason)s.") % {
            "title": text.document.title, "reason": text.get_status_display(),
        }
        if text.sample:
            message += " " + _("It reads: %(sample)s") % {"sample": text.sample[:MAX_SAMPLE]}
        messages.warning(request, message)


def file_text(request, document_id):
    """The state of a file's text as a fragment; status 202 while it is being extracted."""
    document = get_object_or_404(HubDocument, pk=document_id)
    policy = policy_registry.get_by_type(HubDocument)
    if not policy.user_has_any_permission_for_instance(
        request.user, ["add", "change", "choose"], document
    ):
        raise PermissionDenied
    text = DocumentText.objects.filter(document=document).first()
    is_waiting = text is not None and text.status == DocumentText.Status.WAITING
    return render(
        request, "search/extraction/file_text.html", {"text": text},
        status=202 if is_waiting else 200,
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
