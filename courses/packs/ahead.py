"""The pack of a course is made when it is published, so that no reader waits for it.

What changes a pack without a publication, a withdrawal, a replaced file or a new name of a topic,
is taken up within the hour; who asks before has it made.
"""

from functools import partial

from django.db import transaction
from django_tasks import task
from wagtail.signals import page_published

from courses.packs.contents import contents_of


def connect() -> None:
    """Have the worker make the pack of every course that is published from now on."""
    from courses.models import CurriculumPage

    page_published.connect(
        _published, sender=CurriculumPage, dispatch_uid="courses.packs.ahead"
    )


def _published(instance, **kwargs):
    # Not before the commit: another process could not see what is published.
    transaction.on_commit(partial(make.enqueue, page_id=instance.pk))


def look_after() -> None:
    """Have the worker make what is not made yet of any course."""
    from courses.models import CurriculumPage

    for pk in CurriculumPage.objects.live().values_list("pk", flat=True):
        make.enqueue(page_id=pk)


@task(priority=-10)  # letters and texts of files go first
def make(page_id: int) -> str:
    """Make what the public pack of a course holds; says what was made.

    Does nothing when it lies there already, so it may be asked twice.
    """
    from courses.models import CurriculumPage

    page = CurriculumPage.objects.live().filter(pk=page_id).first()
    if page is None:
        return "gone"
    return f"{len(contents_of(page, user_may_facilitate=False))} files"
