"""Runs a command and writes what it used as JSON: arguments are the file for that, the file for its standard output, the file
for its standard error, and the command."""

import json
import os
import sys
import time

began = time.monotonic()
child = os.fork()
if child == 0:
    for descriptor, path in ((1, sys.argv[2]), (2, sys.argv[3])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), descriptor)
    os.execvp(sys.argv[4], sys.argv[4:])
# The usage is of the whole tree, as far as its processes waited for each other; memory is that of the largest process.
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as out:
    json.dump(
        {
            "wall_seconds": time.monotonic() - began,
            "user_seconds": usage.ru_utime,
            "system_seconds": usage.ru_stime,
            "memory_kib_max": usage.ru_maxrss,
            "exit": os.waitstatus_to_exitcode(status),
        },
        out,
    )
