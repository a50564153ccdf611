"""An AWS for a benchmark: moto, filled once, then forked for each run, so that each run meets the same fresh account.

Arguments: scale, seed. Talks in lines of JSON: prints {"filled_seconds": …} once; for each line
{"delay_ms": …, "trace": FILE, "answers": FILE, "replay": true or false} on standard input prints {"port": …} when it serves,
and serves until the next line (any), whereupon it prints {"ended": true} and has written the trace: a line for each request
with its times, the service and operation, the status, and how many calls it depended on (see peer_calls.py).

The delay is added to each answer. With `replay`, answers that the file holds are given from it without asking moto, which
needs a hundred times as long for an answer as a client for reading it; otherwise the file is written.
"""

import gc
import io
import json
import logging
import os
import pickle
import signal
import sys
import threading
import time

os.environ.update(
    AWS_ACCESS_KEY_ID="bench",
    AWS_SECRET_ACCESS_KEY="bench",
    AWS_DEFAULT_REGION="us-east-1",
    MOTO_IAM_LOAD_MANAGED_POLICIES="true",
)
# moto prints; what it prints is not an answer to who started this.
ANSWERS, sys.stdout = sys.stdout, open(os.devnull, "w")
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)

from moto import mock_aws
from moto.backends import list_of_moto_modules
from moto.moto_api._internal import mock_random
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

import peer_account
import peer_calls

REQUEST_BODY_BYTES_MAX = 1024 * 1024


class Handler(MotoRequestHandler):
    """Answers go out at once: head and body are two writes, and the second must not wait for an acknowledgement."""

    disable_nagle_algorithm = True


class Counted:
    """Middleware: times, counts and delays each request."""

    def __init__(self, application, delay_seconds, known):
        self.application = application
        self.delay_seconds = delay_seconds
        self.known = known
        self.calls = []
        self.asked = {}
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        started = time.monotonic()
        body = read_body(environ)
        request = (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"])
        authorization, target = environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_X_AMZ_TARGET", "")
        key = (request, peer_calls.scope(authorization, request[1]), target, body)
        known = self.known.get(key)
        if known:
            status, headers, answer = known
        else:
            status, headers, answer = ask(self.application, environ)
        answered = time.monotonic()
        if self.delay_seconds:
            time.sleep(self.delay_seconds)
        call = {
            "started": started,
            "answered": answered,
            "ended": time.monotonic(),
            "status": int(status.split(" ", maxsplit=1)[0]),
            "request": request,
            "scope": key[1],
            "target": target,
            "body": body,
            "answer": answer,
            "replay": bool(known),
        }
        with self.lock:
            self.calls.append(call)
            self.asked[key] = (status, headers, answer)
        start_response(status, headers)
        return [answer]


def ask(application, environ):
    head = {}

    def start(status, headers, exc_info=None):
        head["start"] = (status, headers)

    try:
        answer = b"".join(application(environ, start))
    except NotImplementedError as error:
        # The service has the operation, moto has not: said at once, in a way that nobody tries again.
        return "501 Not Implemented", [("Content-Type", "text/plain")], str(error).encode()
    except Exception as error:
        return "500 Internal Server Error", [("Content-Type", "text/plain")], repr(error).encode()
    return *head["start"], answer


def read_body(environ):
    length = min(int(environ.get("CONTENT_LENGTH") or 0), REQUEST_BODY_BYTES_MAX)
    if not length:
        return b""
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def serve(order, moto):
    """In a child: serves until it is told to end, then writes the trace."""
    known = {}
    if order["replay"]:
        with open(order["answers"], "rb") as source:
            known = pickle.load(source)
    application = Counted(moto, order["delay_ms"] / 1000, known)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    say({"port": server.port})
    before = time.process_time()
    server.serve_forever(poll_interval=0.05)
    used = time.process_time() - before
    with open(order["trace"], "w") as out:
        peer_calls.write(application.calls, used, out)
    if not order["replay"]:
        with open(order["answers"], "wb") as out:
            pickle.dump(application.asked, out)
    os._exit(0)


def warmed():
    """moto with all its services imported, which it otherwise does while the first caller waits."""
    moto = DomainDispatcherApplication(create_backend_app)
    for service in list_of_moto_modules():
        try:
            moto.app_instances[service] = create_backend_app(service)
        except AttributeError:
            pass  # a module, but no service
    return moto


def say(message):
    print(json.dumps(message), file=ANSWERS, flush=True)


def main():
    scale, seed = int(sys.argv[1]), int(sys.argv[2])
    began = time.monotonic()
    mock_random.seed(seed)
    mock = mock_aws()
    mock.start()
    peer_account.fill(scale, seed)
    mock.stop(remove_data=False)
    moto = warmed()
    gc.freeze()
    say({"filled_seconds": time.monotonic() - began})
    child = None
    for line in sys.stdin:
        if child:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            child = None
            say({"ended": True})
            continue
        child = os.fork()
        if child == 0:
            serve(json.loads(line), moto)
    if child:
        os.kill(child, signal.SIGTERM)


main()
