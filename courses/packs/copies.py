"""Records which pack a member downloaded last."""

from courses.models import CourseCopy
from hub.files.http_ranges import is_beginning


def record_copy(request, page, files, response) -> None:
    """Store that the member of ``request`` downloaded the pack ``files`` (``PackFile``).

    Only when ``response`` sends its beginning: not for resumed downloads or 304.
    """
    if request.user.is_authenticated and is_beginning(request, response):
        edition = page.pack_editions.filter(digest=files[0].sha256).last()
        if edition:
            CourseCopy.objects.update_or_create(
                user=request.user, page_id=page.pk, defaults={"edition": edition}
            )
