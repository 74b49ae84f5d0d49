// SPDX-License-Identifier: Apache-2.0
// clang-format off
// rds-csi-io: the small program that touches storage for us, so that a thread that serves RPCs never
// does (STL-6). It does one act and ends, or one act after the other; it links nothing heavy.
//
//   verb and arguments            reads (stdin)   prints (stdout)
//   mount DEVICE TARGET TYPE OPT…                 nothing; fsopen(2), fsmount(2), move_mount(2)
//   bind SOURCE TARGET OPT…                       nothing; open_tree(2), mount_setattr(2), move_mount(2)
//   unmount TARGET                                nothing; umount2(2) with UMOUNT_NOFOLLOW
//   probe DEVICE                                  "blank", "filesystem TYPE" or "other WHAT": fs/probe.h
//   statfs PATH                                   six numbers: bytes total, used, available; inodes
//                                                 total, used, free
//   look DIRECTORY                                nothing; opens it and reads its names
//   openers MAJOR:MINOR                           a line each: "process PID COMMAND", "mount TARGET",
//                                                 "holder NAME", "holder NAME KIND LABEL", "loop NAME":
//                                                 nvme/openers.h
//   exchange PATH                 what to write   what reading the same descriptor then gave
//   write PATH                    what to write   nothing; for sysfs attributes that may block
//   reach HOST PORT MILLISECONDS                  the numeric address that accepted a TCP connection
//   readonly DEVICE 0|1                           nothing; BLKROSET
//   serve                         requests        answers, until the socket that it has as standard
//                                                 input is closed: host/io_messages.h
//
// Exit status 0: done. 1: a system call failed; standard error is "ERRNO WORDS", the errno as a
// number. 2: wrong usage, a bug.
// clang-format on
#ifndef RDS_CSI_HOST_IO_PROTOCOL_H_
#define RDS_CSI_HOST_IO_PROTOCOL_H_

#include <string_view>

namespace rds_csi {

inline constexpr std::string_view kIoProgram = "rds-csi-io";

inline constexpr int kIoDone = 0;
inline constexpr int kIoFailed = 1;
inline constexpr int kIoUsage = 2;

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_IO_PROTOCOL_H_
