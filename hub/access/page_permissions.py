"""What a user may do with a knowledge page in the editor: as Wagtail says, with fewer questions."""

from typing import Any

from wagtail.models import PagePermissionTester


class KnowledgePagePermissions(PagePermissionTester):
    def can_delete(self, ignore_bulk: bool = False) -> Any:
        """Whoever may not publish deletes nothing that is published: known of a live page itself.

        Wagtail asks the database, twice for each row of a list.
        """
        is_asked = self.user.is_active and not self.user.is_superuser
        if is_asked and self.page.live and "publish" not in self.permissions:
            return False
        return super().can_delete(ignore_bulk)
