"""What a facilitator sends to the group: a message, files, or both."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.course_run import CourseRun
from hub.files.names import safe_filename


def upload_to(instance, filename) -> str:
    """A folder that cannot be guessed: the file is served only by a view that checks access."""
    return f"groups/{uuid.uuid4().hex}/{safe_filename(filename)}"


class GroupPost(models.Model):
    """A message to the group of a run."""

    run = models.ForeignKey(CourseRun, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("message"), blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")
        ordering = ["-sent_at", "-pk"]

    def __str__(self):
        return f"{self.run_id} {self.sent_at}"


class GroupFile(models.Model):
    """A file of a message.

    Not a document of the library, so that no search finds it and no editor can put it on a public
    page.
    """

    post = models.ForeignKey(GroupPost, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(_("file"), upload_to=upload_to, max_length=200)
    title = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("file of a group")
        verbose_name_plural = _("files of groups")
        ordering = ["pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("group_file", args=[self.post.run_id, self.pk])

    @property
    def kind(self) -> str:
        """The file extension in capitals; "" when there is none."""
        return self.title.rpartition(".")[2].upper() if "." in self.title else ""
