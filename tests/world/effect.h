// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_EFFECT_H_
#define RDS_CSI_TESTS_WORLD_EFFECT_H_

#include <string>

#include "rds/command.h"

namespace rds_csi::world {

// Something that a plugin is about to do to a machine, or to have the RDS do.
struct Effect {
  int worker = 0;        // 0: a command to the RDS
  bool is_look = false;  // a program or command that changes nothing
  std::string line;
  std::string command;  // "/disk set"; empty on a machine
};

// Thrown out of an effect: the plugin is killed, or the machine loses power.
struct PluginEnded {};
struct Killed : PluginEnded {};
struct PowerLost : PluginEnded {};

// Without the names of files, which say nothing new.
Effect EffectOf(const RosCommand& command);

// Whether this command line of rds-csi-io changes nothing.
bool IsLook(const std::string& line);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_EFFECT_H_
