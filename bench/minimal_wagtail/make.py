"""Make the database with its one page: ``python -m bench.minimal_wagtail.make``."""

import django
from django.core.management import call_command


def make():
    django.setup()
    from wagtail.models import Site

    from bench.minimal_wagtail.models import MinimalPage

    call_command("migrate", verbosity=0)
    root = Site.objects.get().root_page
    root.add_child(instance=MinimalPage(title="A page", slug="a-page", text="A text. " * 100))


if __name__ == "__main__":
    make()
