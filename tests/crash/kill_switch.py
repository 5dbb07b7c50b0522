"""Middleware of a test server that dies in the middle of a request, as if the machine lost power.

``TEST_KILL_FILE`` names a file with a number n: the first process that confirms an order takes the file and exits at
its n-th SQL statement, without a word to anybody.
"""

import os
from pathlib import Path

from django.db import connection


class KillSwitch:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        flag = Path(os.environ["TEST_KILL_FILE"])
        if request.method != "POST" or not request.path.endswith("/pay/") or not flag.exists():
            return self.get_response(request)
        at, steps = int(flag.read_text()), 0
        flag.unlink()

        def count(execute, sql, params, many, context):
            nonlocal steps
            steps += 1
            if steps == at:
                os._exit(9)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            return self.get_response(request)
