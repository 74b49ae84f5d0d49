// SPDX-License-Identifier: Apache-2.0
// What all HTTPS exchanges of this driver share, whoever answers: libcurl handles that free
// themselves, what is set for every one of them, and how a body is sent. Names of options are those
// of curl_easy_setopt(3).
#ifndef RDS_CSI_HTTPS_CURL_H_
#define RDS_CSI_HTTPS_CURL_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace rds_csi {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using CurlHandle = std::unique_ptr<CURL, FreeWith<&curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, FreeWith<&curl_multi_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, FreeWith<&curl_slist_free_all>>;

void Add(CurlList& list, const std::string& text);

// HTTP/1.1 over TLS 1.2 or later, directly, over a connection that is found out when it is dead.
// Nobody is trusted yet: the machine's own list of authorities does not count.
void SetConnection(CURL* curl, absl::Duration connect_timeout);

// Trusts the authorities in these PEM certificates and no other.
void Trust(CURL* curl, const std::string& authorities);

// For CURLOPT_..._BLOB; curl copies it.
curl_blob Blob(const std::string& text);

// `unsent` is the body, and outlives the transfer, which takes from it what it sends. An empty one
// is none.
void SetMethod(CURL* curl, const std::string& method, std::string_view& unsent);

// Whether a transfer failed because of who answered, in TLS.
bool IsUntrusted(CURLcode code);

// `detail` is what CURLOPT_ERRORBUFFER got.
std::string Explain(CURLcode code, const char* detail);

}  // namespace rds_csi

#endif  // RDS_CSI_HTTPS_CURL_H_
