// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files, for everything that is done both in the driver and in
// rds-csi-io.
#ifndef RDS_CSI_HOST_LINUX_READ_H_
#define RDS_CSI_HOST_LINUX_READ_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "host/linux_outcome.h"

namespace rds_csi {

// All of a file, to its end. EFBIG when it holds more than `limit` bytes.
Outcome ReadWhole(const std::string& path, size_t limit);

// The rest of what an open descriptor gives, to its end. `name` is for the error.
Outcome ReadRest(int fd, std::string_view name, size_t limit);

// Exactly one write(2) of all of `data` to a file that exists. EIO when only a part was taken.
Outcome WriteOnce(const std::string& path, std::string_view data);

// One write(2), then one read(2) on the same descriptor: how /dev/nvme-fabrics answers. The text
// is what was read. One at a time on this machine, by flock(2): the kernel has a lock of its own
// for it (nvmf_dev_mutex, drivers/nvme/host/fabrics.c), and who waits for that one cannot be
// killed.
Outcome Exchange(const std::string& path, std::string_view data);

// What is in a directory, sorted, without "." and "..". An errno; 0: done.
int ListDirectory(const std::string& path, std::vector<std::string>& names);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_READ_H_
