// SPDX-License-Identifier: Apache-2.0
// Digests for names (never for passwords): short names and UUIDs that are the same on every run.
#ifndef RDS_CSI_BASE_DIGEST_H_
#define RDS_CSI_BASE_DIGEST_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace rds_csi {

// Lower-case hexadecimal SHA-256 of `data`, 64 characters.
std::string Sha256Hex(std::string_view data);

// A version 5 UUID (RFC 9562 section 5.5) of `name` in this driver's own name space, as text.
std::string NameUuid(std::string_view name);

// `count` random lower-case hexadecimal digits.
std::string RandomHex(int count);

// Whether `text` is so many lower-case hexadecimal digits.
bool IsHex(std::string_view text, size_t count);

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_DIGEST_H_
