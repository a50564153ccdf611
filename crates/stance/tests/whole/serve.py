"""An AWS to test against. Prints its port; then answers one JSON request a line, until its standard input ends.

{"estate": NAME, "account": ID}                         fill the account; answers the estate's labels: label -> name
{"account": ID, "region": R, "service": S, "call": C, "with": {...}}    one call, as boto3 names it; answers its result
"""

import importlib
import json
import logging
import os
import sys
import time

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1", MOTO_IAM_LOAD_MANAGED_POLICIES="true")
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__))))

# What else is printed is no answer.
answers, sys.stdout = sys.stdout, open(os.devnull, "w")

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
while server._server is None:
    time.sleep(0.01)
port = server._server.port
clients = {}


def client(account, service, region="us-east-1"):
    """A boto3 client of an account: moto takes the account from a header."""
    key = (account, service, region)
    if key not in clients:
        made = boto3.client(service, region_name=region, endpoint_url=f"http://127.0.0.1:{port}", config=Config(inject_host_prefix=False))
        made.meta.events.register("request-created", lambda request, **_: request.headers.add_header("x-moto-account-id", account))
        clients[key] = made
    return clients[key]


def answer(request):
    account = request["account"]
    if "estate" in request:
        estate = importlib.import_module(f"estates.{request['estate']}")
        return estate.fill(lambda service, region="us-east-1": client(account, service, region), account)
    made = client(account, request["service"], request.get("region", "us-east-1"))
    return getattr(made, request["call"])(**request.get("with", {}))


print(port, file=answers, flush=True)
for line in sys.stdin:
    try:
        result = {"answer": answer(json.loads(line))}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result, default=str), file=answers, flush=True)
os._exit(0)
