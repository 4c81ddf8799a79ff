"""Tells administrators on the first page of the admin that there is no new backup."""

from typing import Any

from wagtail.admin.ui.components import Component

from hub.backup import backups


class BackupNotice(Component):
    """Above the dashboard: when the last backup was made, if there is one."""

    template_name = "hub/backup/notice.html"
    order = 2

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"newest": backups.newest_time()}


def warn_about_old_backups(request: Any, panels: list[Component]) -> None:
    """Wagtail's hook ``construct_homepage_panels``."""
    if request.user.is_superuser and backups.is_old():
        panels.append(BackupNotice())
