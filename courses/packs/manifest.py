"""The manifest of a pack: its files with checksums, version, licence and citation."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from courses.short_addresses.links import current_short_url, short_url
from hub.chain.relations import Relation
from hub.email.sending import absolute
from hub.models import HomePage
from hub.versions.citations import Work, in_english, in_thai
from hub.withdrawals.notices import notice_of

FORMAT = 1


def manifest_of(page, files) -> dict:
    """The manifest of the pack of ``page`` with ``files`` (``PackFile``), ready for JSON."""
    version = page.current_version
    return {
        "format": FORMAT,
        "curriculum": {
            "title": page.title,
            "summary": page.summary,
            "address": absolute(page.get_url() or ""),
            "short_address": current_short_url(page),
            "minutes": page.minutes,
            "sessions": [
                {"number": number, "key": str(session.key), "title": session.title,
                 "minutes": session.minutes}
                for number, session in enumerate(page.sessions.all(), 1)
            ],
        },
        "version": version.number if version else None,
        "published": _day(version.published_at) if version else None,
        "what_changed": version.note if version else "",
        "supersedes": _previous_version(page, version),
        "successor": _successor(page),
        "withdrawn": withdrawn_of(page),
        "teaches": [
            {"page": taught.pk, "title": taught.title, "version": version_number(taught)}
            for taught in taught_by(page)
        ],
        "licence": {"code": page.licence, "name": str(page.get_licence_display())},
        "citation": citation_of(page),
        "language": page.locale.language_code,
        "translations": _translations(page),
        "files": [
            {
                "path": file.path, "bytes": file.size, "sha256": file.sha256,
                "title": file.title, "session": file.session,
                "facilitator_only": file.facilitator_only, "kind": file.kind,
                "document": file.document,
            }
            for file in files
        ],
    }


def _day(moment) -> str:
    """The date in the default time zone, whichever is active: the manifest must not vary."""
    return moment.astimezone(timezone.get_default_timezone()).date().isoformat()


def _previous_version(page, version) -> dict | None:
    previous = version and page.published_versions.filter(number__lt=version.number).first()
    return (
        {"version": previous.number, "published": _day(previous.published_at)} if previous else None
    )


def _successor(page) -> dict | None:
    """The page that replaces a withdrawn course, if anybody may read it."""
    found = notice_of(page).successor
    return {"title": found.title, "address": absolute(found.get_url() or "")} if found else None


def _translations(page) -> list[dict]:
    """The same course in other languages, where it is open to everybody."""
    versions = type(page).objects.open_to_all().filter(translation_key=page.translation_key)
    others = versions.exclude(pk=page.pk)
    return [
        {"language": other.locale.language_code, "title": other.title,
         "address": absolute(other.get_url() or ""), "short_address": short_url(other)}
        for other in others.select_related("locale").order_by("locale__language_code")
    ]


def taught_by(page) -> list:
    """The Models and lessons that ``page`` teaches and that are open to everybody, in order."""
    return [step.page for step in page.chain_for_readers().get(Relation.TEACHES, [])]


def version_number(page) -> int | None:
    version = page.specific.current_version
    return version.number if version else None


def withdrawals_of(page) -> list[tuple]:
    """Withdrawals of ``page``, and of what it rests on at any depth unless reviewed since.

    Pairs of title and ``Withdrawal``; pages that are not open to everybody are left out.
    """
    notice = notice_of(page)
    found = [(page.title, notice.withdrawal)] if notice.withdrawal else []
    return found + [(shown.withdrawn.title, shown.flag.withdrawal)
                    for shown in notice.flags if shown.withdrawn]


def withdrawn_of(page) -> list[dict]:
    """``withdrawals_of``, ready for JSON."""
    return [
        {"title": title, "kind": withdrawal.kind, "reason": withdrawal.reason,
         "on": _day(withdrawal.at)}
        for title, withdrawal in withdrawals_of(page)
    ]


def changed_at(page) -> datetime | None:
    """The last change of the pack's content: a version, a withdrawal or its end, a review, a newer
    text of what it teaches. Depends on the data only, so that builds are reproducible."""
    version, notice = page.current_version, notice_of(page)
    moments = [version and version.published_at, notice.withdrawal and notice.withdrawal.at]
    moments += [withdrawal.lifted_at for withdrawal in notice.lifted]
    moments += [shown.flag.withdrawal.at for shown in notice.flags]
    moments += [shown.flag.reviewed_at for shown in notice.reviews]
    moments += [taught.last_published_at for taught in taught_by(page)]
    return max(filter(None, moments), default=None)


def citation_of(page) -> dict | None:
    """Citations of the published version, ``th`` and ``en``; the same on every day."""
    version = page.current_version
    if version is None:
        return None
    day = timezone.localtime(version.published_at).date()
    english = HomePage.objects.filter(locale__language_code="en").first()
    work = Work(
        key=f"page{page.pk}v{version.number}", title=page.title,
        authors=tuple(str(who) for who in page.contributors.all()),
        version=version.number, published=day, accessed=day,
        url=absolute(f"{page.get_url() or ''}v/{version.number}/"),
        language=page.locale.language_code, publisher_th=settings.WAGTAIL_SITE_NAME,
        publisher_en=english.title if english else settings.WAGTAIL_SITE_NAME,
    )
    return {"th": in_thai(work), "en": in_english(work)}
