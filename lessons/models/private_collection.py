"""Collections for the files of closed lessons."""

from django.db import models
from wagtail.models import Collection, CollectionViewRestriction

from hub.models import OneOrganisation, Organisation


class PrivateCollection(models.Model):
    """The collection of one organisation; nobody else can open, find or list its files."""

    organisation = OneOrganisation(on_delete=models.PROTECT, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return str(self.organisation)

    @classmethod
    def of(cls, organisation) -> Collection:
        """The collection of ``organisation``, created with its restriction if there is none."""
        found = cls.objects.select_related("collection").filter(organisation=organisation).first()
        if found:
            return found.collection
        collection = Collection.get_first_root_node().add_child(name=organisation.name)
        restriction = CollectionViewRestriction.objects.create(
            collection=collection, restriction_type=CollectionViewRestriction.GROUPS
        )
        restriction.groups.add(organisation.group)
        cls.objects.create(organisation=organisation, collection=collection)
        return collection

    @classmethod
    def hidden_from(cls, user):
        """Values queryset: ids of the collections of organisations without ``user``."""
        if user.is_active and user.is_superuser:
            return cls.objects.none().values("collection")
        theirs = Organisation.objects.of(user)
        return cls.objects.exclude(organisation__in=theirs).values("collection")
