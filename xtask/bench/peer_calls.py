"""What the requests of a run were: their services and operations, and the longest chain of calls of which each needed an
answer before it.

A call depends on another when one of its parameters occurs as a whole value in the other's answer, and that answer was there
before the call was made; where several answers hold the value, the one that was to be had soonest counts. So a client that
merely makes its calls one after the other is not taken for one that has to.
"""

import functools
import json
import re
import urllib.parse

import botocore.session

# Shorter values are numbers, flags and the like, which occur everywhere.
PARAMETER_CHARACTERS_MIN = 4
# A region or an account is known from the first calls; these are what such values come from.
OPENING = {"sts.GetCallerIdentity", "ec2.DescribeRegions"}
REST = ("rest-json", "rest-xml")
# Names that signatures use, where they differ from the name of the model.
MODELS = {"monitoring": "cloudwatch", "elasticloadbalancing": "elb", "elasticmapreduce": "emr"}


def write(calls, server_cpu_seconds, out):
    """A line about the run, then one for each call in the order of their starts."""
    calls.sort(key=lambda call: call["started"])
    for call in calls:
        call["name"] = name(call)
        call["parameters"] = parameters(call)
    depths = chain(calls)
    first = calls[0]["started"] if calls else 0.0
    out.write(json.dumps({"server_cpu_seconds": server_cpu_seconds, "calls": len(calls)}) + "\n")
    for call, depth in zip(calls, depths):
        times = {key: round(call[key] - first, 6) for key in ("started", "answered", "ended")}
        about = {key: call[key] for key in ("name", "status", "replay")} | {"region": call["scope"][0], "depth": depth}
        out.write(json.dumps(about | times | {"answer_bytes": len(call["answer"])}) + "\n")


def scope(authorization, path):
    """(region, service) of a request, from its signature."""
    found = re.search(r"Credential=[^/]*/[^/]*/([^/]*)/([^/]*)/", authorization)
    region, service = found.groups() if found else ("", "unsigned")
    if service == "s3" and path.startswith("/v20180820/"):
        service = "s3control"
    return region, MODELS.get(service, service)


def name(call):
    service = call["scope"][1]
    if call["target"]:
        return f"{service}.{call['target'].rsplit('.', maxsplit=1)[-1]}"
    found = re.match(r"/service/\w+/operation/(\w+)", call["request"][1])
    if found:
        return f"{service}.{found[1]}"
    action = form(call).get("Action")
    if action:
        return f"{service}.{action}"
    method, path, query = call["request"]
    given = {key for key, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)}
    best = None
    for operation, verb, pattern, required in operations(service):
        if verb == method and required <= given and pattern.fullmatch(path):
            # The one that says most wins: query keys that must be there, then a path with fewer gaps.
            rank = (len(required), -pattern.groups)
            if best is None or rank > best[0]:
                best = (rank, operation)
    return f"{service}.{best[1] if best else method + ' ' + path}"


@functools.cache
def operations(service):
    """(name, method, pattern of the path, keys that the query must have) of the operations of a REST service."""
    try:
        model = botocore.session.get_session().get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return []
    if model.metadata["protocol"] not in REST:
        return []
    found = []
    for operation in model.operation_names:
        shape = model.operation_model(operation)
        uri, _, query = shape.http["requestUri"].partition("?")
        gaps = re.sub(r"\\\{[^}]*?\\\+\\\}", "(.+)", re.escape(uri))
        pattern = re.compile(re.sub(r"\\\{[^}]*?\\\}", "([^/]+)", gaps).rstrip("/") + "/?")
        required = {key for key, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)}
        members = shape.input_shape.members if shape.input_shape else {}
        required |= {
            member.serialization["name"]
            for key, member in members.items()
            if key in shape.input_shape.required_members and member.serialization.get("location") == "querystring"
        }
        found.append((operation, shape.http["method"], pattern, required))
    return found


def form(call):
    body = call["body"][:64]
    if b"Action=" not in body:
        return {}
    return dict(urllib.parse.parse_qsl(call["body"].decode("utf-8", "replace")))


def parameters(call):
    """The values that a request was made with."""
    _, path, query = call["request"]
    values = set(path.split("/")) | {value for _, value in urllib.parse.parse_qsl(query)}
    fields = form(call)
    if fields:
        values |= {value for key, value in fields.items() if key not in ("Action", "Version")}
    elif call["body"][:1] in (b"{", b"["):
        values |= set(texts(json.loads(call["body"])))
    return {value for value in values if len(value) >= PARAMETER_CHARACTERS_MIN and not value.isdecimal()}


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def chain(calls):
    """For each call, how many calls there were at least to make until its answer was there, itself included."""
    wanted = {value for call in calls for value in call["parameters"]}
    seen = {}
    depths = [0] * len(calls)
    answered = sorted(range(len(calls)), key=lambda index: calls[index]["ended"])
    done = 0
    opening = 0
    for index, call in enumerate(calls):
        while done < len(answered) and calls[answered[done]]["ended"] <= call["started"]:
            earlier = answered[done]
            done += 1
            if calls[earlier]["name"] in OPENING:
                opening = max(opening, depths[earlier])
            for value in values_of(calls[earlier]["answer"]) & wanted:
                seen[value] = min(depths[earlier], seen.get(value, depths[earlier]))
        needed = [seen[value] for value in call["parameters"] if value in seen]
        depths[index] = 1 + max(needed, default=0)
        if call["name"] not in OPENING:
            depths[index] = max(depths[index], 1 + opening)
        elif call["name"] == "ec2.DescribeRegions":
            depths[index] = max(depths[index], 1 + opening)
    return depths


def values_of(answer):
    """The whole values in an answer: texts of XML elements, strings of JSON, and the last part of each ARN and URL."""
    text = answer.decode("utf-8", "replace")
    found = set(re.findall(r">([^<>]+)<", text)) | set(re.findall(r'"([^"\\]+)"', text))
    return found | {re.split(r"[/:]", value)[-1] for value in found if ":" in value}
