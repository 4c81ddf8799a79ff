"""Processes of one hub that may be killed, each forked from a parent that is ready to work.

Run as a program: it sets Django up once, then reads orders from standard input, a line of JSON
each, forks a worker for each and prints its process id. Starting the interpreter for each would
take two seconds; a fork has its own database connection, index and locks like any process.

A worker stores its current step in a shared byte, so that the test can choose when to kill it.
"""

import json
import mmap
import os
import random
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

STEPS = (
    "starting", "changing", "committed", "writing the index", "marking", "filling", "late changes",
    "swapping", "between", "reading", "storing", "refilling",
)


class Step:
    """The step of a worker, in a file of one byte that both sides map."""

    def __init__(self, path):
        if not Path(path).exists():
            Path(path).write_bytes(b"\0")
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 1)

    def set(self, name):
        self.memory[0] = STEPS.index(name)

    def get(self) -> str:
        return STEPS[self.memory[0]]


def prepare():
    """A hub with a section to write below, twelve pages, a file, and both indexes."""
    from django.core.management import call_command

    from hub.reference.loading import load_reference
    from tests.factories import LessonPageFactory, SectionPageFactory, document

    call_command("migrate", verbosity=0)
    load_reference()
    for n in range(2):
        section = SectionPageFactory(title=f"หมวด {n}", slug=f"s{n}")
        for m in range(6):
            LessonPageFactory(title=f"ปูม้า {n}{m}", slug=f"p{n}{m}", parent=section)
    document("ไฟล์", "ก.txt", "ปลากระบอก".encode() * 20)
    call_command("index", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115


class Editing:
    """Publishes, unpublishes, moves and deletes pages, attaches files: one transaction each, as for
    every request in the admin. Logs what it is about to do, and what was done once the transaction
    is committed."""

    def __init__(self, folder, seed, step):
        self.random = random.Random(seed)
        self.step = step
        self.seed = seed
        self.log = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def record(self, **what):
        os.write(self.log, (json.dumps(what) + "\n").encode())

    def run(self):
        from django.db import transaction

        from lessons.models import LessonPage

        number = 0
        while True:
            number += 1
            page = self.random.choice(list(LessonPage.objects.all()))
            act = self.random.choice([self.publish, self.publish, self.unpublish, self.move,
                                      self.attach, self.delete])
            self.step.set("changing")
            with transaction.atomic():
                wanted = act(page, f"{self.seed}-{number}")
                self.record(about_to=wanted, page=page.pk)
            self.record(done=wanted, page=page.pk)

    def publish(self, page, name):
        page.title = f"แม่ปูม้า {name}"
        page.event = "น้ำทะเลหนุน " * self.random.randrange(1, 60)
        page.save_revision(log_action=True).publish()
        return {"title": page.title, "live": True}

    def unpublish(self, page, name):
        page.unpublish()
        return {"live": False}

    def move(self, page, name):
        from hub.models import SectionPage

        target = SectionPage.objects.exclude(pk=page.get_parent().pk).filter(slug__in=["s0", "s1"])
        target = target.get()
        page.move(target, pos="last-child")
        return {"parent": target.pk}

    def attach(self, page, name):
        from hub.models import Attachment
        from tests.factories import document

        file = document(name, f"{name}.txt", f"ปลากระบอก {name} ".encode() * 50)
        page.attachments.set([Attachment(document=file)])
        page.save_revision(log_action=True).publish()
        return {"file": file.pk, "live": True}

    def delete(self, page, name):
        from tests.factories import LessonPageFactory

        parent = page.get_parent().specific
        page.delete()
        LessonPageFactory(title=f"ปูม้า {name}", slug=f"p{name}", parent=parent)
        return {"gone": True}


def rebuilding(step):
    from search.index import indexer

    while True:
        step.set("filling")
        indexer.rebuild()
        step.set("between")


def refilling(step):
    from django.core.management import call_command

    while True:
        step.set("refilling")
        call_command("wagtail_update_index", verbosity=0)
        step.set("between")


def reading(step):
    from django.core.management import call_command

    while True:
        step.set("between")
        call_command("db_worker", interval=0.05, startup_delay=False, batch=True, verbosity=0,
                     worker_id=f"w{os.getpid()}")


def record_steps(step):
    """Wrap functions of the hub so that they set the step; changes nothing else."""
    from hub.models.outbox_entry import OutboxQuerySet
    from search.engines import generations
    from search.engines.tantivy_engine import TantivyEngine, _NewIndex
    from search.extraction import tasks
    from search.index import indexer

    def wrap(owner, name, before, after=None):
        original = getattr(owner, name)

        def call(*args, **kwargs):
            step.set(before)
            try:
                return original(*args, **kwargs)
            finally:
                if after:
                    step.set(after)

        setattr(owner, name, call)

    wrap(indexer, "catch_up", "committed", "between")
    wrap(TantivyEngine, "_write", "writing the index")
    wrap(OutboxQuerySet, "mark_processed", "marking", "between")
    wrap(_NewIndex, "apply", "late changes", "swapping")
    wrap(generations, "remove_all_but", "swapping")
    wrap(tasks, "extract_safely", "reading", "storing")


def check(folder):
    """Open the hub as any process would, search, which has the index follow, and write down what is
    wrong."""
    from django.core.management import call_command

    from search.query.background import background
    from search.query.find import find
    from tests.search.invariants import wrong_after_a_search, wrong_after_the_schedule

    find("ปูม้า")
    background.wait(60)
    results = find("ปูม้า")
    wrong = wrong_after_a_search(folder, results)
    call_command("keep_schedule", once=True)
    wrong += wrong_after_the_schedule()
    (folder / "wrong.new").write_text(json.dumps(wrong))
    (folder / "wrong.new").replace(folder / "wrong")


def drain(folder):
    """Run the schedule and a worker until there is no more work, with lost tasks overdue."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from tests.search.invariants import wrong_at_the_end

    for _again in range(3):
        DBTaskResult.objects.running().update(started_at=timezone.now() - timedelta(hours=1))
        call_command("keep_schedule", once=True)
        call_command("db_worker", interval=0.01, startup_delay=False, batch=True, verbosity=0)
    (folder / "wrong.new").write_text(json.dumps(wrong_at_the_end()))
    (folder / "wrong.new").replace(folder / "wrong")


def leave_a_change_and_a_task():
    """Publish a page, as a process that is killed before it indexes, with a file to be read."""
    from django.db import transaction

    from hub.models import Attachment
    from lessons.models import LessonPage
    from search.index import indexer
    from tests.factories import document

    indexer.catch_up = lambda **_: 0
    page = LessonPage.objects.earliest("pk")
    with transaction.atomic():
        page.title = "ปูม้า afterwards"
        page.attachments.set([Attachment(document=document("ใหม่", "ใหม่.txt", "ปลา".encode() * 50))])
        page.save_revision(log_action=True).publish()


def tasks_done(folder):
    """Write down the tasks that are not done."""
    from django_tasks_db.models import DBTaskResult

    waiting = [str(task.status) for task in DBTaskResult.objects.exclude(status="SUCCESSFUL")]
    (folder / "wrong.new").write_text(json.dumps(waiting))
    (folder / "wrong.new").replace(folder / "wrong")


def work(order, folder):
    seed = order.get("seed", 0)
    step = Step(folder / f"step-{order['kind']}")
    match order["kind"]:
        case "prepare":
            prepare()
        case "check":
            check(folder)
        case "drain":
            drain(folder)
        case "leave a change and a task":
            leave_a_change_and_a_task()
        case "tasks done":
            tasks_done(folder)
        case "call":
            module, _dot, name = order["function"].rpartition(".")
            answer = getattr(import_module(module), name)(folder, *order["arguments"])
            (folder / "answer").write_text(json.dumps(answer))
        case kind:
            record_steps(step)
            {"editing": Editing(folder, seed, step).run,
             "rebuilding": lambda: rebuilding(step),
             "refilling": lambda: refilling(step),
             "reading": lambda: reading(step)}[kind]()


def main():
    import django

    django.setup()
    from pythainlp import word_tokenize  # noqa: F401 read before forking, not after each

    from search.text import thai

    thai.words("อ่านพจนานุกรมก่อน")
    folder = Path(os.environ["DATA_DIR"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # killed workers leave no zombies
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = 1
            with open(folder / "output", "a") as output:
                os.dup2(output.fileno(), 1)
            try:
                work(order, folder)
                code = 0
            except BaseException:
                with open(folder / "exceptions", "a") as file:
                    file.write(f"{order}\n{traceback.format_exc()}\n")
            finally:
                os._exit(code)
        print(child, flush=True)


if __name__ == "__main__":
    main()
