# ruff: noqa: N999 -- gunicorn looks for a file of this name
"""How gunicorn serves the example; the environment, or a file ``.env``, changes it.

gunicorn -c example_app/gunicorn.conf.py 'example_app:create_app()'
"""

import os

from flask.cli import load_dotenv

# The command "flask" reads a file .env by itself; here it is asked to, so that both see the same settings.
load_dotenv()

# Loopback only, at the port that OpenBB's documentation uses. BIND=0.0.0.0:7779 opens it to other machines.
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '7779')}")

# Two processes, so that a slow answer does not stop the others, and four threads each, because most views
# wait for something. Gunicorn's own rule for a machine of one's own is 2 * cores + 1 processes.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("THREADS", "4"))
# Each process keeps answers (cache=) for itself. OPENBB_CACHE=redis://localhost:6379/0 makes them keep one for all.

# Seconds. A worker that says nothing for so long is replaced; Workspace gives up on a new backend after 60.
timeout = 60
# At a restart, requests under way may take so long to finish.
graceful_timeout = 30
# A dashboard asks for many widgets at once: keep its connections open between two refreshes.
keepalive = 5

# Replace a worker now and then, not all at the same time: a leak in some library never grows old.
max_requests = 10_000
max_requests_jitter = 1_000

# HTTPS, which Safari, Brave and Excel want even from localhost: "flask openbb cert" writes localhost.pem and
# localhost-key.pem; name them in these variables. Behind a proxy that speaks HTTPS, leave them unset.
certfile = os.environ.get("CERTFILE")
keyfile = os.environ.get("KEYFILE")

# One line a request, to standard output.
accesslog = os.environ.get("ACCESS_LOG", "-")
