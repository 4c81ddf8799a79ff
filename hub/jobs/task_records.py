"""Records of background tasks as personal data: arguments, results and tracebacks may name whoever
a task was about, and are kept for days."""

import json
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django_tasks_db.models import DBTaskResult

from hub.models.addresses import addresses_of

COLUMNS = ("args_kwargs", "return_value", "traceback")


def tasks_about(user) -> QuerySet:
    """Tasks in whose records an address, the sign-in name or the full name of ``user`` stands."""
    words = {*addresses_of(user), user.get_username(), user.get_full_name()} - {""}
    # JSON may keep letters beyond ASCII escaped.
    words |= {json.dumps(word)[1:-1] for word in words}
    texts = {f"{name}_text": Cast(name, TextField()) for name in COLUMNS}
    named = [Q(**{f"{text}__icontains": word}) for text in texts for word in words]
    return DBTaskResult.objects.annotate(**texts).filter(reduce(or_, named))


def erase(user) -> None:
    tasks_about(user).delete()
