"""A report becomes a page: built from the form, saved as a draft and sent to the moderators."""

from io import BytesIO
from pathlib import Path

from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Collection, CollectionViewRestriction, WorkflowState
from wagtail.users.models import UserProfile

from hub.chain.relations import Relation
from hub.models import ChainLink, HubImage
from hub.pages.blocks import StoryBlock
from hub.pages.forms import available_slug
from hub.thai.slugs import slugify_thai
from models_lib.models import BlockOutcome, ReplicationPage

PENDING_PICTURES = "ภาพในรายงานที่รอตรวจ"  # name of the collection
MODERATOR_GROUPS = ("Editors", "Moderators")
FIELDS = ("who", "place", "started", "ended", "outcome", "result", "cost_baht", "households",
          "evidence", "advice")


@transaction.atomic
def submit(report, values) -> None:
    """Create or update the page of ``report`` below its Model, and send it to the moderators.

    ``values`` are the cleaned data of ``ReplicationForm``. A report that is not editable stays as
    it is, so that a form sent twice creates one page.
    """
    if not report.is_editable:
        return
    with override(report.model.locale.language_code):
        page = _save_page(report, values)
    report.page, report.sent_at = page, timezone.now()
    report.save()
    _start_workflow(page, report.reporter)


def _save_page(report, values) -> ReplicationPage:
    """The page of ``report`` with ``values``, saved as a draft."""
    model = report.model
    page = report.page.get_latest_revision_as_object() if report.page else ReplicationPage(
        owner=report.reporter, locale=model.locale, live=False, topics=model.topics.all(),
        sdgs=model.sdgs, has_unpublished_changes=True,
    )
    has_default_title = not page.pk or page.title == _default_title(page)
    for name in FIELDS:
        empty = "" if name in ("place", "advice") else None
        setattr(page, name, values[name] if values[name] not in (None, "") else empty)
    page.areas = [values["area"]]
    page.block_outcomes = [
        BlockOutcome(sort_order=number, block=block, block_title=block.title, outcome=outcome,
                     why=why)
        for number, (block, outcome, why) in enumerate(values["blocks"])
    ]
    if has_default_title:
        page.title = page.draft_title = _default_title(page)
        page.summary = Truncator(" ".join(page.result.split())).chars(300)
    page.body = StoryBlock().to_python(
        [block for block in page.body.raw_data if block["type"] != "picture"]
        + _picture_blocks(report, page.title)
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


def _default_title(page) -> str:
    """The title of a page until an editor changes it."""
    title = _("%(who)s, %(area)s: %(outcome)s") % {
        "who": page.who[:150], "area": ", ".join(area.name for area in page.areas.all()),
        "outcome": page.get_outcome_display(),
    }
    return title[:255]


def answers_from(page) -> dict[str, str]:
    """The values of ``page`` as answers of the form, so that edits of moderators are kept."""
    answers = {name: str(getattr(page, name) or "") for name in FIELDS}
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


def _picture_blocks(report, title) -> list[dict]:
    """A picture block for each photo; their images are in a collection for moderators only."""
    blocks = []
    for number, photo in enumerate(report.photos.all(), 1):
        if photo.image is None:
            with photo.file.open() as stored:
                file = ImageFile(BytesIO(stored.read()), name=Path(stored.name).name)
            image = HubImage.objects.create(
                title=f"{title[:200]} ({number})", alt_text=photo.alt_text, file=file,
                collection=_pending_pictures(), uploaded_by_user=report.reporter,
            )
            photo.image = image
            photo.save()
        elif photo.image.alt_text != photo.alt_text:
            photo.image.alt_text = photo.alt_text
            photo.image.save()
        blocks.append({"type": "picture", "value": {"image": photo.image_id,
                                                    "caption": photo.alt_text}})
    return blocks


def _pending_pictures() -> Collection:
    """The collection of pictures in pending reports, created with the first one."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=PENDING_PICTURES).first()
    if found is None:
        found = root.add_child(instance=Collection(name=PENDING_PICTURES))
        restriction = CollectionViewRestriction.objects.create(
            collection=found, restriction_type=CollectionViewRestriction.GROUPS
        )
        restriction.groups.set(Group.objects.filter(name__in=MODERATOR_GROUPS))
    return found


def _start_workflow(page, user) -> None:
    """Resume the workflow of ``page`` if it was sent back, else start one."""
    if not user.has_perm("wagtailadmin.access_admin"):
        # Wagtail's own e-mails link to the editor, which these users cannot open.
        UserProfile.objects.update_or_create(
            user=user, defaults={"approved_notifications": False, "rejected_notifications": False}
        )
    state = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=user)
    elif state is None and (workflow := page.get_workflow()):
        workflow.start(page, user)
