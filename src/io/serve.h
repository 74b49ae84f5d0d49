// SPDX-License-Identifier: Apache-2.0
// `rds-csi-io serve`: act after act for the driver at the other end of a socket.
#ifndef RDS_CSI_IO_SERVE_H_
#define RDS_CSI_IO_SERVE_H_

namespace rds_csi {

// Reads requests from the stream socket `fd` and answers them, one after the other, until the other
// end is closed (kIoDone) or what comes is no request (kIoUsage). Begins no act for a driver that
// is gone. Answers the exit status.
int Serve(int fd);

}  // namespace rds_csi

#endif  // RDS_CSI_IO_SERVE_H_
