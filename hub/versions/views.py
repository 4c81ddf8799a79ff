"""The pages of published versions: the list, one version, two compared, and how to cite."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hub.email.sending import absolute
from hub.versions import citations
from hub.versions.comparison import compare
from hub.versions.numbering import as_published
from hub.web.navigation import frame_of, site_of


def version_or_404(page, number, *others):
    """The versions of ``page`` with these numbers, in one query; Http404 when one is not there."""
    numbers = (number, *others)
    found = {}
    if page.keeps_versions and max(numbers) <= 2**31 - 1:
        versions = page.published_versions.select_related("revision", "published_by")
        found = {v.number: v for v in versions.filter(number__in=numbers)}
    if not set(numbers) <= found.keys():
        raise Http404
    versions = [found[n] for n in numbers]
    return versions if others else versions[0]


def answer(page, request, template, **context):
    """A page about ``page``: rendered with what its own template gets of the frame."""
    context = {"page": page, "self": page, "request": request} | context
    return TemplateResponse(request, template, context)


@require_safe
def listed(request, page):
    """Every version, newest first; two that were chosen in its form are compared."""
    versions = list(
        page.published_versions.select_related("published_by").defer("digest")
    ) if page.keeps_versions else []
    if not versions:
        raise Http404
    problem = ""
    if "from" in request.GET or "to" in request.GET:
        numbers = {str(version.number): version.number for version in versions}
        old, new = (numbers.get(request.GET.get(name, "")) for name in ("from", "to"))
        if old and new and old != new:
            return redirect(f"{page.get_url(request)}v/{min(old, new)}/to/{max(old, new)}/")
        problem = _("Choose two different versions.")
    return answer(page, request, "hub/versions/versions.html", versions=versions, problem=problem)


@require_safe
def read(request, page, number):
    """The page as published in that version, with its own template."""
    version = version_or_404(page, number)
    shown = as_published(version, page)
    shown.current_version = page.current_version
    context = shown.get_context(request) | {
        "version_read": version, "latest": page.current_version, "missing": shown.missing,
    }
    return TemplateResponse(request, shown.get_template(request), context)


@require_safe
def compared(request, page, old, new):
    """The differences between versions ``old`` and ``new``."""
    if old >= new:
        version_or_404(page, new, old)
        way = f"v/{new}/to/{old}/" if old > new else f"v/{old}/"
        return redirect(page.get_url(request) + way)
    before, after = version_or_404(page, old, new)
    return answer(
        page, request, "hub/versions/difference.html", before=before, after=after,
        latest=page.current_version,
        difference=compare(as_published(before, page), as_published(after, page)),
    )


@require_safe
def cited(request, page, number):
    """The version's citation in words, to copy, and as files."""
    version = version_or_404(page, number)
    work = work_of(version, as_published(version, page), request)
    return answer(
        page, request, "hub/versions/citation.html", version=version, work=work,
        latest=page.current_version, forms=citations.FORMS,
        in_thai=citations.in_thai(work), in_english=citations.in_english(work),
    )


@require_safe
def citation_file(request, page, number, form):
    """The citation as a file for a program that keeps references."""
    if form not in citations.FORMS:
        raise Http404
    make, content_type, ending = citations.FORMS[form]
    version = version_or_404(page, number)
    work = work_of(version, as_published(version, page), request)
    response = HttpResponse(make(work), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{work.key}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def work_of(version, shown, request) -> citations.Work:
    """What is cited as ``version``; ``shown`` is the page as it was then."""
    path = f"{shown.get_url(request)}v/{version.number}/"
    return citations.Work(
        key=f"page{shown.pk}v{version.number}",
        title=shown.title,
        authors=tuple(str(who) for who in shown.contributors.all()),
        version=version.number,
        published=timezone.localtime(version.published_at).date(),
        accessed=timezone.localdate(),
        url=iri_to_uri(path) if "://" in path else absolute(path, site_of(request)),
        language=shown.locale.language_code,
        publisher_th=settings.WAGTAIL_SITE_NAME,
        publisher_en=frame_of(request, "en").name or settings.WAGTAIL_SITE_NAME,
    )
