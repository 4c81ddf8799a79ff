"""A process that runs code and commands of the hub, so that Django starts only once.

Run as a program: each line of standard input is JSON, ``{"code": …}`` or ``{"command": [...]}``;
each line of the answer is ``{"output": …, "error": …}``.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout


def main():
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import close_old_connections
    from django.utils import translation

    answers = sys.stdout
    for line in sys.stdin:
        request = json.loads(line)
        output, error = io.StringIO(), ""
        close_old_connections()
        translation.deactivate()
        try:
            with redirect_stdout(output):
                if "code" in request:
                    exec(request["code"], {"__name__": "__console__"})
                else:
                    call_command(*request["command"])
        except BaseException:
            error = traceback.format_exc()
        print(json.dumps({"output": output.getvalue(), "error": error}), file=answers, flush=True)


if __name__ == "__main__":
    main()
