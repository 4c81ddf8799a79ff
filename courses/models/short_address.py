"""A short address for a curriculum, for paper, QR codes and packs."""

from django.db import IntegrityError, models, transaction
from django.utils.crypto import get_random_string

# No characters that look alike in print: no 0 and o, 1, i and l.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 5  # 28 million addresses
MAX_ATTEMPTS = 20


class ShortAddressQuerySet(models.QuerySet):
    def for_page(self, page) -> "ShortAddress":
        """The address of ``page``, created if missing. Raises RuntimeError if none is free."""
        if found := self.filter(page_id=page.pk).first():
            return found
        for _attempt in range(MAX_ATTEMPTS):
            try:
                with transaction.atomic():
                    return self.get_or_create(
                        page_id=page.pk, defaults={"code": get_random_string(LENGTH, ALPHABET)}
                    )[0]
            except IntegrityError:  # the code is another page's
                continue
        raise RuntimeError("No short address is free.")


class ShortAddress(models.Model):
    """``code`` leads to ``page`` wherever it is moved and whatever it is called."""

    wagtail_reference_index_ignore = True

    page = models.OneToOneField(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="short_address"
    )
    code = models.CharField(max_length=8, unique=True)

    objects = ShortAddressQuerySet.as_manager()

    def __str__(self):
        return self.code
