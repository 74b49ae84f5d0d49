// SPDX-License-Identifier: Apache-2.0
#include "https/curl.h"

#include <algorithm>
#include <cstring>

namespace rds_csi {
namespace {

size_t GiveBody(char* to, size_t, size_t room, void* from) {
  std::string_view& unsent = *static_cast<std::string_view*>(from);
  const size_t size = std::min(room, unsent.size());
  std::memcpy(to, unsent.data(), size);
  unsent.remove_prefix(size);
  return size;
}

}  // namespace

void Add(CurlList& list, const std::string& text) {
  list.reset(curl_slist_append(list.release(), text.c_str()));
}

void SetConnection(CURL* curl, absl::Duration connect_timeout) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 20L);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 5L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(connect_timeout)));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
}

void Trust(CURL* curl, const std::string& authorities) {
  curl_blob blob = Blob(authorities);
  curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
}

curl_blob Blob(const std::string& text) {
  return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
}

// The body comes from a callback that cannot go back, because curl repeats a request on its own
// when a connection that it used before breaks without an answer, and by then the server may have
// carried it out. This way that ends in CURLE_SEND_FAIL_REWIND.
void SetMethod(CURL* curl, const std::string& method, std::string_view& unsent) {
  if (unsent.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(unsent.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &GiveBody);
    curl_easy_setopt(curl, CURLOPT_READDATA, &unsent);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
}

bool IsUntrusted(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
}

std::string Explain(CURLcode code, const char* detail) {
  return detail[0] != '\0' ? detail : curl_easy_strerror(code);
}

}  // namespace rds_csi
