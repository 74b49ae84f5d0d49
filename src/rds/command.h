// SPDX-License-Identifier: Apache-2.0
// A RouterOS command as a value, and what comes back. The same value goes out over REST and over
// SSH; each transport knows how to say it.
#ifndef RDS_CSI_RDS_COMMAND_H_
#define RDS_CSI_RDS_COMMAND_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace rds_csi {

// Name → value, as RouterOS gives and takes them; all values are text ("true", "1099511627776").
using RosRecord = std::map<std::string, std::string>;

struct RosCommand {
  enum class Verb {
    kPrint,   // records of `menu` that match any of `any_of`; all of them when that is empty
    kAdd,     // one record with `values`; answers the record as it then is
    kSet,     // `values` on the record `id`; answers the record as it then is
    kRemove,  // the record `id` (a .id such as "*1F"); in /file a file's name serves as well
  };

  std::string_view menu;  // "/disk", "/file", "/system/resource"
  Verb verb = Verb::kPrint;
  std::string id;
  RosRecord values;
  std::vector<std::pair<std::string, std::string>> any_of;  // property = value, joined by "or"
  std::vector<std::string> properties;  // which to answer; all of them when empty
};

// "print", "add", "set", "remove".
std::string_view NameOf(RosCommand::Verb verb);

// For messages and metrics: "/disk set". Holds no values.
std::string NameOf(const RosCommand& command);

// Refuses what could be taken for console syntax: names of properties are [a-z0-9.-]+, values hold
// only [A-Za-z0-9._:/,=*%@+-] and are at most 1024 characters, an id is a star and hexadecimal
// digits (to remove a file also its name, as a value). There is no escaping: what is not allowed is
// not sent. INVALID_ARGUMENT naming property and value.
absl::Status CheckCommand(const RosCommand& command);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_COMMAND_H_
