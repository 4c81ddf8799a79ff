"""Where the files of an organisation's closed lessons lie."""

from django.contrib.auth.models import Group
from django.db import models
from wagtail.models import Collection, CollectionViewRestriction


class PrivateCollection(models.Model):
    """An organisation's collection: nobody else opens, finds or lists what lies there."""

    organisation = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return str(self.organisation)

    @classmethod
    def of(cls, organisation) -> Collection:
        """The collection of ``organisation``, made with its restriction when there is none."""
        shelf = cls.objects.select_related("collection").filter(organisation=organisation).first()
        if shelf:
            return shelf.collection
        collection = Collection.get_first_root_node().add_child(name=organisation.name)
        restriction = CollectionViewRestriction.objects.create(
            collection=collection, restriction_type=CollectionViewRestriction.GROUPS
        )
        restriction.groups.add(organisation)
        cls.objects.create(organisation=organisation, collection=collection)
        return collection

    @classmethod
    def kept_from(cls, user):
        """Ids of the collections of organisations that ``user`` does not belong to."""
        if user.is_active and user.is_superuser:
            return cls.objects.none().values("collection")
        return cls.objects.exclude(organisation__in=user.groups.all()).values("collection")
