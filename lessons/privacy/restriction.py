"""Closing a lesson to all but its organisation, and opening it again.

The row and Wagtail's own restriction always say the same: whatever respects privacy (search,
lists, feeds, the chain, files) knows nothing of lessons. Closing acts at once, when a draft that
says so is saved; opening takes the publication of the newest version.
"""

from django.db.models import Q
from wagtail.models import (
    Collection,
    Page,
    PageSubscription,
    PageViewRestriction,
    ReferenceIndex,
    Revision,
)

from hub.models import HubDocument, HubImage

PUBLIC = "public"


def row_of(page) -> dict | None:
    """``openness`` and ``organisation_id`` of ``page`` as the database has them."""
    rows = type(page)._base_manager.filter(pk=page.pk)
    return rows.values("openness", "organisation_id").first() if page.pk else None


def is_closed_now(page) -> bool:
    """Whether the database says that ``page`` is closed, whatever the draft at hand says."""
    row = row_of(page)
    return bool(row) and row["openness"] != PUBLIC


def before_saving(page) -> dict | None:
    """Restrict ``page`` before a closed row is written; returns the row as it was."""
    before = row_of(page)
    if before and before["openness"] != PUBLIC and not page.is_closed and not _opens(page):
        page.openness, page.organisation_id = before["openness"], before["organisation_id"]
    if before and page.is_closed:
        restrict(page)
    return before


def after_saving(page, before) -> None:
    if page.is_closed:
        restrict(page)
        keep_files(page)
        close_others(page)
    elif before and before["openness"] != PUBLIC:
        unrestrict(page, before["organisation_id"])


def before_saving_draft(page) -> None:
    """Let the row follow a draft that closes the lesson, and any draft of what is not live."""
    row = row_of(page)
    if row is None or not (page.is_closed or not page.live):
        return
    if page.is_closed:
        restrict(page)
    if (row["openness"], row["organisation_id"]) != (page.openness, page.organisation_id):
        type(page)._base_manager.filter(pk=page.pk).update(
            openness=page.openness, organisation=page.organisation_id
        )
        if page.is_closed:
            close_others(page)
        else:
            unrestrict(page, row["organisation_id"])


def _opens(page) -> bool:
    """Whether the newest version of ``page`` is open; one that waits in the schedule is older."""
    newest = Revision.objects.filter(
        pk__in=Page.objects.filter(pk=page.pk).values("latest_revision")
    ).first()
    return newest is None or newest.content.get("openness", PUBLIC) == PUBLIC


def restrict(page) -> None:
    """Restrict ``page`` to its organisation and take it out of the hands of all others."""
    restrictions = PageViewRestriction.objects.filter(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    )
    # Copying a page copies its restriction beside the one that the copy has got already.
    restriction, *others = restrictions.order_by("pk") or [PageViewRestriction.objects.create(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    )]
    for other in others:
        other.delete()
    members = {page.organisation_id} - {None}
    if set(restriction.groups.values_list("pk", flat=True)) != members:
        restriction.groups.set(members)
    for state in page.workflow_states.active():
        state.cancel()
    others = PageSubscription.objects.filter(page_id=page.pk)
    others.exclude(user__groups=page.organisation_id).delete()
    withdraw_masked(page)


def unrestrict(page, organisation_id) -> None:
    """Take the restriction to ``organisation_id`` away, and let the files go with the page."""
    for restriction in PageViewRestriction.objects.filter(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    ):
        if list(restriction.groups.values_list("pk", flat=True)) == [organisation_id]:
            restriction.delete()
    withdraw_masked(page)
    root = Collection.get_first_root_node()
    for file in files_of(page):
        if file.collection.view_restrictions.filter(groups=organisation_id).exists():
            file.collection = root
            file.save()


def close_others(page) -> None:
    """Close what tells the same: translations and aliases of ``page``."""
    others = type(page).objects.filter(
        Q(translation_key=page.translation_key) | Q(alias_of=page.pk)
    ).exclude(pk=page.pk)
    for other in others.exclude(openness=page.openness, organisation=page.organisation_id):
        other = other if other.alias_of_id else other.get_latest_revision_as_object()
        other.openness, other.organisation = page.openness, page.organisation
        if other.alias_of_id or not other.latest_revision_id:
            other.save(clean=False)
        else:
            other.save_revision(clean=False)


def withdraw_masked(page) -> None:
    """Take the masked copy away when its original is not shared masked any more."""
    masked = getattr(page, "masked", None) if page.pk else None
    if masked and masked.public and masked.public.live and page.openness != "anonymised":
        masked.public.unpublish()


def files_of(page) -> list:
    """The documents and images that ``page``, as it is at hand, attaches or shows."""
    wanted = {HubDocument: set(), HubImage: set()}
    wanted[HubDocument] |= {a.document_id for a in page.attachments.all()}
    wanted[HubDocument] |= {link.evidence_document_id for link in page.chain_links.all()}
    for model, pk, *_path in page.body.stream_block.extract_references(page.body):
        if model in wanted:
            wanted[model].add(pk)
    return [
        file for model, pks in wanted.items()
        for file in model.objects.filter(pk__in=pks - {None}).select_related("collection")
    ]


def keep_files(page) -> None:
    """Put the files of a closed lesson, the draft's too, on the shelf of its organisation.

    A file that another page shows as well stays where it is: it is no secret of this lesson.
    """
    from lessons.models import PrivateCollection

    if not page.is_closed:
        return
    shelf = None
    for file in files_of(page):
        used = ReferenceIndex.get_references_to(file).exclude(object_id=str(page.pk))
        if used.exists():
            continue
        shelf = shelf or PrivateCollection.of(page.organisation)
        if file.collection_id != shelf.pk:
            file.collection = shelf
            file.save()
