// SPDX-License-Identifier: Apache-2.0
// A command as a value: both doors make these, the router executes them. Which arguments a command
// may have was checked against the schema by the door, in the words of that door.
#ifndef RDS_CSI_SIM_ROUTER_COMMAND_H_
#define RDS_CSI_SIM_ROUTER_COMMAND_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/router/condition.h"
#include "sim/router/record.h"

namespace rds_csi::sim {

struct Command {
  std::string menu;  // "/disk/btrfs/subvolume"
  std::string verb;  // "add"
  std::map<std::string, std::string, std::less<>> arguments;
  Condition where;  // of print and find

  // The argument's value, or none.
  std::optional<std::string> Find(std::string_view name) const;
  // The rows that `numbers` (or `.id`, or `number`) names: "*1F", a name, an index, or a list.
  // none when the command names no rows; an empty list when it names the empty list.
  std::optional<std::vector<std::string>> Targets() const;
  // Whether the command changes something, and so asks for the `write` policy.
  bool Writes() const;
  // "/disk/add comment=x slot=y …": what counters and fault patterns see.
  std::string Path() const { return menu + "/" + verb; }
  std::string Text() const;
};

struct Reply {
  std::vector<Record> rows;
  // What `add` gives REST, and `get` and `count` the console.
  std::string result;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_COMMAND_H_
