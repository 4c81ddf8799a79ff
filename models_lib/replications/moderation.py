"""From a report to a page: sent to the moderators, sent back, published or not taken.

The moderators work in Wagtail's own workflow; what it decides comes here by its signals.
"""

from io import BytesIO
from pathlib import Path

from django.core.files.images import ImageFile
from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.models import Collection, CollectionViewRestriction, Site, WorkflowState
from wagtail.signals import page_published, workflow_rejected
from wagtail.users.models import UserProfile

from hub.chain.relations import Relation
from hub.email.sending import absolute, write_to_user
from hub.models import ChainLink, HubImage
from hub.pages.blocks import StoryBlock
from hub.pages.forms import available_slug
from hub.thai.slugs import slugify_thai
from models_lib.models import (
    BlockOutcome,
    ReplicationPage,
    ReplicationPhoto,
    ReplicationReport,
)

WAITING_PICTURES = "ภาพในรายงานที่รอตรวจ"
MODERATING = ("Editors", "Moderators")
ANSWERS = ("who", "place", "started", "ended", "outcome", "result", "cost_baht", "households",
           "evidence", "advice")


@transaction.atomic
def send(report, said) -> None:
    """Make the report a page below its Model, or bring its page up to date, and submit it.

    ``said`` are the clean values of ``ReplicationForm``. A report that was sent already and not
    sent back stays as it is, so that a form sent twice makes one page.
    """
    if not report.may_be_written:
        return
    with override(report.model.locale.language_code):
        page = _written(report, said)
    report.page, report.sent_at = page, timezone.now()
    report.save()
    _submit(page, report.reporter)


def _written(report, said) -> ReplicationPage:
    """The page of ``report`` with what was said, saved as a draft."""
    model = report.model
    page = report.page.get_latest_revision_as_object() if report.page else ReplicationPage(
        owner=report.reporter, locale=model.locale, live=False, topics=model.topics.all(),
        sdgs=model.sdgs, has_unpublished_changes=True,
    )
    titled_by_nobody = not page.pk or page.title == _title(page)
    for name in ANSWERS:
        empty = "" if name in ("place", "advice") else None
        setattr(page, name, said[name] if said[name] not in (None, "") else empty)
    page.areas = [said["area"]]
    page.block_outcomes = [
        BlockOutcome(sort_order=number, block=block, block_title=block.title, outcome=outcome,
                     why=why)
        for number, (block, outcome, why) in enumerate(said["blocks"])
    ]
    if titled_by_nobody:
        page.title = page.draft_title = _title(page)
        page.summary = Truncator(" ".join(page.result.split())).chars(300)
    page.body = StoryBlock().to_python(
        [block for block in page.body.raw_data if block["type"] != "picture"]
        + _pictures(report, page.title)
    )
    page.chain_links = [
        link for link in page.chain_links.all() if link.target_id != model.pk
    ] + [
        ChainLink(
            relation=Relation.REPLICATES, target=model.knowledgepage_ptr,
            evidence_text=page.evidence, date=page.ended or page.started, author=page.who[:200],
        )
    ]
    if not page.pk:
        page.slug = available_slug(slugify_thai(page.title) or "report", model, page)
        model.add_child(instance=page)
    page.save_revision(user=report.reporter, log_action=True)
    return page


def _title(page) -> str:
    """The title until an editor writes a better one."""
    title = _("%(who)s, %(area)s: %(outcome)s") % {
        "who": page.who[:150], "area": ", ".join(area.name for area in page.areas.all()),
        "outcome": page.get_outcome_display(),
    }
    return title[:255]


def answers_of(page) -> dict[str, str]:
    """What ``page`` says as it would be typed into the form, so that no editor's word is lost."""
    answers = {name: str(getattr(page, name) or "") for name in ANSWERS}
    for name in ("started", "ended"):
        if day := getattr(page, name):
            answers[name] = f"{day.day}/{day.month}/{day.year}"
    for name in ("cost_baht", "households"):
        if (amount := getattr(page, name)) is not None:
            answers[name] = str(amount)
    if areas := list(page.areas.all()):
        answers |= {"area_typed": "", "area_chosen": areas[0].geocode}
    for item in page.block_outcomes.all():
        if item.block_id:
            answers[f"block-{item.block_id}"] = item.outcome
            answers[f"why-{item.block_id}"] = item.why
    return answers


def _pictures(report, title) -> list[dict]:
    """A picture block for each photo, in a collection that only those who moderate may see."""
    blocks = []
    for number, photo in enumerate(report.photos.all(), 1):
        if photo.image is None:
            with photo.file.open() as stored:
                file = ImageFile(BytesIO(stored.read()), name=Path(stored.name).name)
            image = HubImage.objects.create(
                title=f"{title[:200]} ({number})", alt_text=photo.alt_text, file=file,
                collection=_waiting_pictures(), uploaded_by_user=report.reporter,
            )
            photo.image = image
            photo.save()
        elif photo.image.alt_text != photo.alt_text:
            photo.image.alt_text = photo.alt_text
            photo.image.save()
        blocks.append({"type": "picture", "value": {"image": photo.image_id,
                                                    "caption": photo.alt_text}})
    return blocks


def _waiting_pictures() -> Collection:
    """The collection of pictures that wait, made when the first one does."""
    from django.contrib.auth.models import Group

    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=WAITING_PICTURES).first()
    if found is None:
        found = root.add_child(instance=Collection(name=WAITING_PICTURES))
        restriction = CollectionViewRestriction.objects.create(
            collection=found, restriction_type=CollectionViewRestriction.GROUPS
        )
        restriction.groups.set(Group.objects.filter(name__in=MODERATING))
    return found


def _submit(page, user) -> None:
    if not user.has_perm("wagtailadmin.access_admin"):
        # Wagtail's own letters lead into the editor, where she may not go; ours do not.
        UserProfile.objects.update_or_create(
            user=user, defaults={"approved_notifications": False, "rejected_notifications": False}
        )
    state = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=user)
    elif state is None and (workflow := page.get_workflow()):
        workflow.start(page, user)


@transaction.atomic
def refuse(report, reason, moderator) -> None:
    """Do not take a report that is not live; the reporter is told ``reason``."""
    if state := report.page.current_workflow_state:
        state.cancel(user=moderator)
    report.refused_at, report.refusal = timezone.now(), reason
    report.save()
    _write(report, "refused", gettext_lazy("Your report was not taken"), reason)


# What the workflow decides


def _write(report, letter, subject, said="") -> None:
    """A letter to the reporter; ``said`` is what the moderator wrote."""
    page = report.page
    write_to_user(report.reporter, f"models_lib/letters/{letter}.txt", subject, {
        "who": report.typed.get("who", ""), "model": report.model.title, "said": said.strip(),
        "page_url": _address(page) if page else "",
        "report_url": _address(report.model)
        + report.model.reverse_subpage("continue_report", [report.key]),
    })


def _address(page) -> str:
    """The whole address of a page, for letters."""
    if parts := page.get_url_parts():
        return absolute(parts[2], Site.objects.get(pk=parts[0]))
    return ""


def _published(sender, instance, **kwargs):
    report = ReplicationReport.objects.filter(page_id=instance.pk).first()
    if report is None:
        return
    root = Collection.get_first_root_node()
    for photo in report.photos.select_related("image"):
        if photo.image and photo.image.collection_id != root.pk:
            photo.image.collection = root
            photo.image.save()
    if report.told_at is None:
        report.told_at, report.refused_at, report.refusal = timezone.now(), None, ""
        report.save()
        _write(report, "published", gettext_lazy("Your report is published"))


def _sent_back(sender, instance, **kwargs):
    report = ReplicationReport.objects.filter(page_id=instance.object_id).first()
    if report and isinstance(report.page, instance.content_type.model_class()):
        report.typed |= answers_of(report.page.get_latest_revision_as_object())
        report.save()
        _write(report, "returned", gettext_lazy("A question about your report"),
               instance.current_task_state.comment)


def _page_goes(sender, instance, **kwargs):
    """An editor deletes a page that never was published: its reporter is told."""
    report = ReplicationReport.objects.filter(page_id=instance.pk, refused_at=None).first()
    if report and not instance.first_published_at:
        report.refused_at = timezone.now()
        report.save()
        _write(report, "refused", gettext_lazy("Your report was not taken"))


def _photo_goes(sender, instance, **kwargs):
    """The file goes with its row, once that is certain."""
    name, storage = instance.file.name, instance.file.storage
    transaction.on_commit(lambda: storage.delete(name))
    if instance.image_id and not _is_published(instance):
        HubImage.objects.filter(pk=instance.image_id).delete()


def _is_published(photo) -> bool:
    page = ReplicationPage.objects.filter(report__pk=photo.report_id).first()
    return bool(page and page.live)


def connect() -> None:
    page_published.connect(_published, sender=ReplicationPage)
    workflow_rejected.connect(_sent_back, sender=WorkflowState)
    pre_delete.connect(_page_goes, sender=ReplicationPage)
    post_delete.connect(_photo_goes, sender=ReplicationPhoto)
