# SPDX-License-Identifier: Apache-2.0
"""What a pod does with its volume while something happens to the storage: it writes, with and without syncing."""

import copy
import json
import signal
from dataclasses import dataclass
from pathlib import Path

import evidence
from lab import Machine, Program
from volume import Volume

_SCRIPT = Path(__file__).with_name("writer.py")
_RECORDS_MIB = 32  # Where on a block volume the records are; the chunks lie before.
_MARKED_MIB = 8


@dataclass(frozen=True)
class Written:
    last: int  # the number of the last record that was synced
    longest: float  # seconds that a record took


class Writer:
    """Writes numbered records into a file or device of a guest, syncs each, and remembers every one that was synced."""

    def __init__(self, machine: Machine, path: str, seed: str, first: int = 1, offset_mib: int = 0) -> None:
        self.path = path
        self._machine = machine
        self._place = [str(offset_mib << 20), seed]
        self._program = machine.spawn(["/usr/bin/python3", _SCRIPT, "write", path, *self._place, str(first)])
        self.acknowledged = first - 1
        self._error = ""
        self.wait_for_records(1)

    def wait_for_records(self, count: int, timeout: float = 60) -> None:
        """Until so many more are synced than now. Raises AssertionError when the writer saw an error."""
        self._catch_up()
        wanted = self.acknowledged + count
        while self.acknowledged < wanted:
            assert not self._error, f"{self.path}: {self._error}"
            self._take(self._program.read_line(timeout))

    @property
    def running(self) -> bool:
        return self._program.running

    def stop(self, timeout: float = 120) -> Written:
        """Lets it finish its record. Raises AssertionError when it ever saw an error."""
        self._program.close_input()
        for line in self._program.wait(timeout).out.splitlines():
            end = json.loads(line)
            if isinstance(end, dict):
                assert "error" not in end, f"{self.path}: after record {end['last']}: {end['error']}"
                self.acknowledged = end["last"]
                return Written(**end)
        raise AssertionError(f"{self.path}: the writer ended without a word")

    def error(self, timeout: float) -> str:
        """Waits for it to fail, and answers with what."""
        for line in self._program.wait(timeout).out.splitlines():
            end = json.loads(line)
            if isinstance(end, dict) and "error" in end:
                self.acknowledged = end["last"]
                return end["error"]
        raise AssertionError(f"{self.path}: the writer ended without an error")

    def kill(self) -> None:
        """Does not wait for its end: it may be waiting for storage."""
        self._program.signal(signal.SIGKILL)

    def on(self, machine: Machine, path: str) -> "Writer":
        """Its records, as another machine sees them."""
        other = copy.copy(self)
        other._machine, other.path = machine, path
        return other

    def verify(self) -> None:
        """That what it synced is on the storage, as far as it has not written over it since."""
        self._catch_up()
        command = ["/usr/bin/python3", _SCRIPT, "verify", self.path, *self._place, str(self.acknowledged)]
        found = self._machine.run(command, timeout=120, check=False)
        assert found.code == 0, f"{self._machine.name}: {self.path}: {found.out}{found.err}"

    def _catch_up(self) -> None:
        for line in self._program.unread_lines():
            self._take(line)

    def _take(self, line: str) -> None:
        said = json.loads(line)
        if isinstance(said, dict):
            self._error = said.get("error", "")
        self.acknowledged = said["last"] if isinstance(said, dict) else said


class Pod:
    """On a published volume: a writer that syncs every record, and chunks of random data that nobody synced.

    A chunk is a file, or a place on a block volume; its checksum is taken before it goes to the volume.
    """

    MARK = "written-by-one-who-lost-the-volume"

    def __init__(self, volume: Volume, name: str = "pod", first: int = 1, chunk_kib: int = 2048) -> None:
        """`chunk_kib`: a multiple of 64."""
        self.volume = volume
        self.machine = volume.machine
        self.name = name
        self._chunk_kib = chunk_kib
        self._chunks: dict[str, int] = {}
        self._under_way: list[Program] = []
        self.writer = self._start_writer(first)

    def write_dirty(self) -> None:
        """A chunk that stays in memory: written, not synced. Does not wait for it."""
        number = len(self._chunks)
        source = self._source(number)
        script = f"head -c {self._chunk_kib}K /dev/urandom >{source}; sha256sum <{source}"
        checksum = self.machine.run(script).out.split()[0]
        self._chunks[checksum] = number
        path, seek = self._chunk(number)
        copy_it = f"dd if={source} of={path} bs=64K seek={seek // 64} conv=notrunc status=none"
        self._under_way.append(self.machine.spawn(copy_it))

    def make_room_for_marked(self) -> None:
        """Call it while the storage is there: from then on, `write_marked` needs nothing from it."""
        path, seek = self._marked
        place = f"of={path} bs=1M seek={seek} count={_MARKED_MIB}"
        self.machine.run(f"dd if=/dev/zero {place} conv=notrunc,fsync status=none")

    def write_marked(self) -> None:
        """Pages that stay in memory, full of a text that the volume must never hold. They are there afterwards."""
        path, seek = self._marked
        text, place = f"yes {self.MARK} | head -c {_MARKED_MIB}M", f"of={path} bs=1M seek={seek}"
        self._under_way.append(self.machine.spawn(f"{text} | dd {place} iflag=fullblock conv=notrunc status=none"))
        last = f"dd if={path} bs=1M skip={seek + _MARKED_MIB - 1} count=1 status=none | grep -qaF {self.MARK}"
        self.machine.wait_until("the pages are dirty", lambda: self.machine.run(last, check=False).code == 0, 60)

    def end(self, timeout: float = 120) -> Written:
        """Its programs end, and nothing failed; what was not synced stays in memory. The writer's last words."""
        written = self.writer.stop(timeout)
        for program in self._under_way:
            done = program.wait(timeout)
            assert done.code == 0, f"{self.volume.name}: {done.err}"
        return written

    def finish(self, timeout: float = 120) -> Written:
        """Everything goes on and is synced; nothing failed, everything is on the storage. The writer's last words."""
        written = self.end(timeout)
        self.volume.sync(timeout)
        self.verify()
        return written

    def verify(self) -> None:
        """Every record and every chunk is on the storage."""
        self.writer.verify()
        for checksum, number in self._chunks.items():
            path, seek = self._chunk(number)
            found = evidence.stored_checksum(self.machine, path, self._chunk_kib, seek)
            assert found == checksum, f"{self.volume.name}: chunk {number} is {found}, written was {checksum}"

    def on(self, volume: Volume) -> "Pod":
        """The same pod, its programs ended, as another node sees what it wrote."""
        other = copy.copy(self)
        other.volume, other.machine = volume, volume.machine
        other.writer = self.writer.on(volume.machine, self.writer.path.replace(self.volume.target, volume.target))
        return other

    def abandon(self) -> None:
        """Tells its programs to end, which those that wait for a lost volume cannot yet; what they wrote is void."""
        self.writer.kill()
        for program in self._under_way:
            program.signal(signal.SIGKILL)
        self._under_way.clear()
        self._chunks.clear()

    def _start_writer(self, first: int) -> Writer:
        if self.volume.is_block:
            return Writer(self.machine, self.volume.target, self.name, first, offset_mib=_RECORDS_MIB)
        return Writer(self.machine, f"{self.volume.target}/{self.name}.records", self.name, first)

    @property
    def _marked(self) -> tuple[str, int]:
        return (self.volume.target, 8) if self.volume.is_block else (f"{self.volume.target}/marked", 0)

    def _source(self, number: int) -> str:
        return f"/dev/shm/{self.volume.name}.{self.name}.{number}"

    def _chunk(self, number: int) -> tuple[str, int]:
        if self.volume.is_block:
            return self.volume.target, number * self._chunk_kib
        return f"{self.volume.target}/{self.name}.{number}", 0
