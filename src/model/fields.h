// SPDX-License-Identifier: Apache-2.0
// Reading a string map from outside (StorageClass parameters, contexts) key by key: a key that is
// missing leaves the default as it is, one that is malformed is an error that names map and key.
#ifndef RDS_CSI_MODEL_FIELDS_H_
#define RDS_CSI_MODEL_FIELDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status.h"

namespace rds_csi {

class Fields {
 public:
  // `kind` is what messages call a key of this map: "parameter", "publish context".
  Fields(std::string_view kind, const std::map<std::string, std::string>& map)
      : kind_(kind), map_(map) {}

  bool Has(const std::string& key) const { return map_.contains(key); }

  // The value; an empty text when the key is missing.
  std::string Get(const std::string& key) const;

  // value = parse(text), when there is a text. `parse` answers a StatusOr; its error comes back
  // with "<kind> <key>: " in front.
  template <typename Parse, typename Value>
  absl::Status Read(const std::string& key, Parse parse, Value& value) const {
    const auto found = map_.find(key);
    if (found == map_.end()) return absl::OkStatus();
    auto parsed = parse(found->second);
    if (!parsed.ok()) return Annotate(parsed.status(), NameOf(key));
    value = *std::move(parsed);
    return absl::OkStatus();
  }

  // INVALID_ARGUMENT: "<kind> <key>: <reason>".
  absl::Status Refuse(std::string_view key, std::string_view reason) const;

 private:
  std::string NameOf(std::string_view key) const;

  std::string kind_;
  const std::map<std::string, std::string>& map_;
};

// Parsers for Read().

// "ext4", "ext3" or "xfs", as it is. INVALID_ARGUMENT naming the offending text.
absl::StatusOr<std::string> ParseFsType(std::string_view text);

// A whole number from `least` to `most`. INVALID_ARGUMENT naming the offending text.
absl::StatusOr<int32_t> ParseNumber(std::string_view text, int32_t least, int32_t most);

// The name of a Kubernetes object: a DNS subdomain of RFC 1123, at most 253 characters.
// INVALID_ARGUMENT naming the offending text.
absl::StatusOr<std::string> ParseKubernetesName(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_FIELDS_H_
