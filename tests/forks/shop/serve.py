"""Serves the shop on a free port and says which on its first line."""

import os
from wsgiref.simple_server import make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.wsgi import get_wsgi_application  # noqa: E402

with make_server("127.0.0.1", 0, get_wsgi_application()) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
