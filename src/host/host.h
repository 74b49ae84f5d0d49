// SPDX-License-Identifier: Apache-2.0
// Wall 1: this Linux machine, in narrow parts, handed on by value. linux_host.h has the real one,
// fake_host.h a small simulator of it.
#ifndef RDS_CSI_HOST_HOST_H_
#define RDS_CSI_HOST_HOST_H_

#include "base/clock.h"
#include "host/events.h"
#include "host/exec.h"
#include "host/files.h"
#include "host/mounts.h"

namespace rds_csi {

struct Host {
  Files& files;
  Mounts& mounts;
  Exec& exec;
  Events& events;
  Clock& clock;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_HOST_H_
