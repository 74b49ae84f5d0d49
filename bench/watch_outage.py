# SPDX-License-Identifier: Apache-2.0
"""In a guest: watch_outage.py ADDRESS DEVICE, while nothing listens at the NVMe port. Prints how many seconds after
the port was back a read of the device, past all caches, came to its end."""

import mmap
import os
import socket
import sys
import threading
import time

_PORT = 4420


def back_at(address: str) -> float:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((address, _PORT)) == 0:
                return time.monotonic()
        time.sleep(0.02)


def read_at(device: str) -> float:
    os.preadv(os.open(device, os.O_RDONLY | os.O_DIRECT), [mmap.mmap(-1, 4096)], 0)
    return time.monotonic()


ends: list[float] = []
reader = threading.Thread(target=lambda: ends.append(read_at(sys.argv[2])))
reader.start()
back = back_at(sys.argv[1])
reader.join()
print(ends[0] - back)
