"""Runs a command and prints: exit code, wall seconds, processor seconds, peak kibibytes."""
import resource
import subprocess
import sys
import time

start = time.monotonic()
code = subprocess.call(sys.argv[1:], stdout=sys.stderr)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, '%.4f' % wall, '%.4f' % (used.ru_utime + used.ru_stime), used.ru_maxrss)
