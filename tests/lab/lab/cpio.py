# SPDX-License-Identifier: Apache-2.0
"""The "newc" cpio format, as far as an initramfs needs it: folders, files and symbolic links, all owned by root."""

import stat


class CpioArchive:
    """Collects entries in memory; `finish()` answers the bytes of the archive."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._inode = 0

    def folder(self, path: str) -> None:
        self._entry(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        self._entry(path, stat.S_IFREG | mode, content)

    def link(self, path: str, target: str) -> None:
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def finish(self) -> bytes:
        self._entry("TRAILER!!!", 0, b"")
        return b"".join(self._chunks)

    def _entry(self, path: str, mode: int, content: bytes) -> None:
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self._chunks += [_padded(header + name), _padded(content)]


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
