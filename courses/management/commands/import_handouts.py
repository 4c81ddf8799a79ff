"""Imports a folder or a zip of handouts into a draft curriculum."""

import zipfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.importing import report
from courses.importing.importer import HandoutImporter, title_of
from courses.importing.sources import MAX_FILES, TooManyFiles, files_of_folder, files_of_zip
from courses.models import CurriculumPage, HandoutImport
from courses.models.handout import NOT_STATED
from hub.files.document_text import extract_now
from hub.models import SectionPage
from hub.models.knowledge_page import LICENCES


class Command(BaseCommand):
    help = "Creates a draft curriculum from a folder or zip of handouts, and reports on each file."

    def add_arguments(self, parser):
        parser.add_argument("source", help="a folder or a .zip")
        parser.add_argument("--title", default="", help="by default the folder's or zip's name")
        parser.add_argument("--below", type=int, help="id of the list page to create it below")
        parser.add_argument("--licence", default=NOT_STATED,
                            choices=[NOT_STATED, *(code for code, _name in LICENCES)])

    def handle(self, *, source, title, below, licence, **options):
        path = Path(source)
        if not path.exists():
            raise CommandError(f"{source}: there is no such folder or file.")
        parent = self._parent(below)
        try:
            if path.is_dir():
                page = self._import(files_of_folder(path), path.name, parent, title, licence)
            else:
                with path.open("rb") as file:
                    page = self._import(files_of_zip(file), path.stem, parent, title, licence)
        except TooManyFiles as error:
            raise CommandError(f"{error} files are more than {MAX_FILES}.") from error
        except zipfile.BadZipFile as error:
            raise CommandError(f"{source} is no zip, or is damaged.") from error
        self.stdout.write(f"{page.title}: /admin/pages/{page.pk}/edit/")

    @staticmethod
    def _parent(pk) -> SectionPage:
        pages = SectionPage.objects.filter(pk=pk) if pk else SectionPage.objects.live().order_by(
            "path")
        for page in pages:
            if CurriculumPage.can_create_at(page):
                return page
        raise CommandError("There is no list page that a curriculum can stand in.")

    def _import(self, files, name, parent, title, licence) -> CurriculumPage:
        importer = HandoutImporter(parent, (title or title_of(files, name))[:255], licence)
        page = importer.import_files(files)
        for row in importer.rows:
            if row.document:
                extract_now(row.document)
        lines = report.lines(importer.as_rows())
        for line in lines:
            self.stdout.write(" | ".join(filter(None, [line.label, line.path, line.session,
                                                       *line.messages])))
        self.stdout.write(", ".join(f"{label}: {number}" for label, number in report.counts(lines)))
        if page is None:
            raise CommandError(_("None of the files could be taken; nothing was made."))
        HandoutImport.objects.create(page=page, rows=importer.as_rows())
        return page
