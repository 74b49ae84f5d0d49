// SPDX-License-Identifier: Apache-2.0
// The API server over libcurl: HTTPS with the cluster's own CA and nothing else, kept-alive
// connections, deadlines, and an end at once when the caller stops. Its .cc is the only file of
// this folder that knows libcurl.
#ifndef RDS_CSI_KUBE_CURL_HTTP_H_
#define RDS_CSI_KUBE_CURL_HTTP_H_

#include <cstddef>
#include <memory>

#include "kube/cluster_config.h"
#include "kube/http.h"

namespace rds_csi {

struct HttpOptions {
  absl::Duration connect_timeout = absl::Seconds(5);
  // A stream on which nothing came for so long is taken for dead. The API server sends a bookmark
  // about once a minute.
  absl::Duration longest_silence = absl::Minutes(3);
  size_t largest_answer = size_t{64} << 20;  // in bytes
  size_t longest_line = size_t{8} << 20;     // of a stream; etcd holds objects of up to 1.5 MiB
};

// Needs nothing to be there yet: each request dials when it must. The files of a token and of a
// CA are read for every request; where one cannot be read, the request fails with UNAVAILABLE and
// names it.
std::unique_ptr<Http> NewCurlHttp(ClusterConfig config, const HttpOptions& options = {});

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_CURL_HTTP_H_
