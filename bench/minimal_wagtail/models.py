from django.db import models
from wagtail.models import Page


class MinimalPage(Page):
    text = models.TextField()
