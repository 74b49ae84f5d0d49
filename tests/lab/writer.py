# SPDX-License-Identifier: Apache-2.0
"""In a guest: writes numbered records over and over the same MiB, each synced before the next, and checks them.

    writer.py write PATH OFFSET SEED FIRST    until it is told to stop by the end of its input. It says the numbers of
                                              records that are synced (not more than five a second), and at the end, in
                                              JSON, the last number and the longest wait, or the error and the last
                                              number before it.
    writer.py verify PATH OFFSET SEED LAST    the newest 128 records that were synced, up to LAST, are on the
                                              storage.

A record is 4096 bytes made of seed and number, so whoever knows these two knows every byte.
"""

import hashlib
import json
import mmap
import os
import sys
import threading
import time

SIZE, SLOTS = 4096, 256
PAUSE = 0.02  # Between two records, so that twenty writers leave an emulated processor time for what they wait for.


def record(seed: str, number: int) -> bytes:
    head = f"{seed} {number} ".encode()
    return (head + hashlib.shake_128(head).digest(SIZE - len(head)))[:SIZE]


def place(offset: int, number: int) -> int:
    return offset + number % SLOTS * SIZE


def write(path: str, offset: int, seed: str, first: int) -> int:
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    file = os.open(path, os.O_RDWR | (0 if os.path.exists(path) else os.O_CREAT), 0o600)
    number, longest, said = first - 1, 0.0, 0.0
    while not stop.is_set():
        start = time.monotonic()
        try:
            os.pwrite(file, record(seed, number + 1), place(offset, number + 1))
            os.fsync(file)
        except OSError as error:
            print(json.dumps({"error": str(error), "last": number}), flush=True)
            return 1
        number += 1
        now = time.monotonic()
        longest = max(longest, now - start)
        if now - said > 0.2:
            said = now
            print(number, flush=True)
        time.sleep(PAUSE)
    print(json.dumps({"last": number, "longest": longest}), flush=True)
    return 0


def stored(path: str, offset: int) -> bytes:
    """Every slot, past all caches; zeros where a file ends before."""
    memory = mmap.mmap(-1, SLOTS * SIZE)
    file = os.open(path, os.O_RDONLY | os.O_DIRECT)
    os.preadv(file, [memory], offset)
    return bytes(memory)


def verify(path: str, offset: int, seed: str, last: int) -> int:
    found = stored(path, offset)
    first = max(1, last - SLOTS // 2 + 1)  # It may have been further than it said, and have used older slots again.
    for number in range(first, last + 1):
        start = place(0, number)
        if found[start : start + SIZE] != record(seed, number):
            print(f"record {number} of {last} is not there")
            return 1
    print(f"records {first} to {last} are there")
    return 0


if __name__ == "__main__":
    act, path, offset, seed, number = sys.argv[1:]
    sys.exit({"write": write, "verify": verify}[act](path, int(offset), seed, int(number)))
