"""What a service's many threads once took does not stay with each of them."""

import os
import platform
import subprocess
import sys

import pytest

COUNT = """
import ctypes, sys, tempfile, threading

from service.host.limits.heaps import keep_few_heaps

if sys.argv[1] == "bounded":
    assert keep_few_heaps()
meeting = threading.Barrier(9)

def work():
    kept = [bytearray(50_000) for _ in range(20)]
    meeting.wait()
    meeting.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for each in threads:
    each.start()
meeting.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype, libc.fclose.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
with tempfile.TemporaryFile() as file:
    stream = libc.fdopen(file.fileno(), b"w")
    libc.malloc_info(0, stream)
    libc.fflush(ctypes.c_void_p(stream))
    file.seek(0)
    print(file.read().count(b"<heap "))
meeting.wait()
"""


def heaps(how: str, **more: str) -> int:
    variables = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=True, env=variables | more
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no such heaps")
def test_many_threads_share_two_heaps() -> None:
    """Eight threads that allocate at once take two heaps; more without the bound."""
    assert heaps("bounded") <= 2 < heaps("as it comes")
