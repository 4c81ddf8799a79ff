"""Closing a lesson to everybody outside its organisation, and opening it again.

The lesson's row and Wagtail's view restriction always agree, so that whatever respects view
restrictions (search, lists, feeds, the chain, files) needs no knowledge of lessons. Closing takes
effect when a closed draft is saved; opening takes effect when the newest version is published.

The functions take the page and do not import the models of lessons, which call them.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from wagtail.models import (
    Collection,
    Page,
    PageSubscription,
    PageViewRestriction,
    ReferenceIndex,
    Revision,
)

from hub.models import HubDocument, HubImage, Organisation


def stored_row(page) -> dict | None:
    """``openness`` and ``organisation_id`` of ``page`` in the database; None without a row."""
    rows = type(page)._base_manager.filter(pk=page.pk)
    return rows.values("openness", "organisation_id").first() if page.pk else None


def is_closed_in_database(page) -> bool:
    """Whether the row of ``page`` is closed, whatever the draft in memory says."""
    row = stored_row(page)
    return bool(row) and row["openness"] != page.Openness.PUBLIC


def before_saving(page) -> dict | None:
    """Restrict ``page`` before a closed row is written; returns the row as it was before.

    A closed row stays closed unless the newest draft is open: an older version that was scheduled
    must not open the lesson.
    """
    before = stored_row(page)
    was_closed = bool(before) and before["openness"] != page.Openness.PUBLIC
    if was_closed and not page.is_closed and not _newest_draft_is_open(page):
        page.openness, page.organisation_id = before["openness"], before["organisation_id"]
    if before and page.is_closed:
        restrict(page)
    return before


def after_saving(page, before) -> None:
    """Bring restriction, files and related pages in line; ``before`` is from ``before_saving``."""
    if page.is_closed:
        restrict(page)
        protect_files(page)
        close_related_pages(page)
    elif before and before["openness"] != page.Openness.PUBLIC:
        unrestrict(page, before["organisation_id"])


def before_saving_draft(page) -> None:
    """Update the row from a draft that closes the lesson, and from any draft of an unlive page."""
    row = stored_row(page)
    if row is None or not (page.is_closed or not page.live):
        return
    if page.is_closed:
        restrict(page)
    if (row["openness"], row["organisation_id"]) != (page.openness, page.organisation_id):
        type(page)._base_manager.filter(pk=page.pk).update(
            openness=page.openness, organisation=page.organisation_id
        )
        if page.is_closed:
            close_related_pages(page)
        else:
            unrestrict(page, row["organisation_id"])


def _newest_draft_is_open(page) -> bool:
    """Whether the newest revision of ``page`` is open to everybody."""
    newest = Revision.objects.filter(
        pk__in=Page.objects.filter(pk=page.pk).values("latest_revision")
    ).first()
    public = page.Openness.PUBLIC
    return newest is None or newest.content.get("openness", public) == public


def restrict(page) -> None:
    """Restrict ``page`` to its organisation; cancel workflows and subscriptions of others."""
    restrictions = PageViewRestriction.objects.filter(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    )
    # Copying a page copies its restriction, next to the one that saving the copy has created.
    restriction, *others = restrictions.order_by("pk") or [PageViewRestriction.objects.create(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    )]
    for other in others:
        other.delete()
    groups = groups_of(page.organisation_id)
    if list(restriction.groups.values_list("pk", flat=True)) != groups:
        restriction.groups.set(groups)
    for state in page.workflow_states.active():
        state.cancel()
    others = PageSubscription.objects.filter(page_id=page.pk)
    others.exclude(user__groups__in=groups).delete()
    unpublish_masked_copy(page)


def unrestrict(page, organisation_id) -> None:
    """Remove the restriction to ``organisation_id`` and move the files to the root collection."""
    groups = groups_of(organisation_id)
    for restriction in PageViewRestriction.objects.filter(
        page_id=page.pk, restriction_type=PageViewRestriction.GROUPS
    ):
        if list(restriction.groups.values_list("pk", flat=True)) == groups:
            restriction.delete()
    unpublish_masked_copy(page)
    root = Collection.get_first_root_node()
    for file in attached_files(page):
        if file.collection.view_restrictions.filter(groups__in=groups).exists():
            file.collection = root
            file.save()


def groups_of(organisation_id) -> list[int]:
    """The primary key of the group behind an organisation; an empty list without one."""
    organisations = Organisation.objects.filter(pk=organisation_id)
    return list(organisations.values_list("group", flat=True))


def close_related_pages(page) -> None:
    """Close translations and aliases of ``page`` too."""
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


def unpublish_masked_copy(page) -> None:
    """Unpublish the masked copy of ``page`` unless the lesson is shared as a masked copy."""
    masked = getattr(page, "masked", None) if page.pk else None
    copy = masked.copy if masked else None
    if copy and copy.live and page.openness != page.Openness.ANONYMISED:
        copy.unpublish()


def attached_files(page) -> list:
    """The documents and images that ``page``, as it is in memory, attaches or shows."""
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


def protect_files(page) -> None:
    """Move files of a closed lesson or draft to the private collection of its organisation.

    A file that another page shows too stays where it is, unless that page is closed to the same
    organisation, as a translation of this one is.
    """
    if not page.is_closed:
        return
    collection = None
    ours = type(page)._base_manager.exclude(openness=page.Openness.PUBLIC).filter(
        organisation=page.organisation_id
    ).annotate(id_as_text=Cast("pk", CharField()))
    for file in attached_files(page):
        used = ReferenceIndex.get_references_to(file).exclude(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id__in=ours.values("id_as_text"),
        )
        if used.exists():
            continue
        collection = collection or page.private_collection()
        if file.collection_id != collection.pk:
            file.collection = collection
            file.save()
