// SPDX-License-Identifier: Apache-2.0
// Volume ids, node ids and cluster ids: what is taken is taken unchanged and safe everywhere.
#include "fuzz/fuzz.h"
#include "model/node_id.h"
#include "model/volume_id.h"

using namespace rds_csi;

namespace {

void CheckTaken(std::string_view text, std::string_view taken, size_t limit) {
  Require(taken == text, "it is taken unchanged");
  Require(!text.empty() && text.size() <= limit, "its length is within the limit");
  Require(IsPlain(text) && text.find('/') == std::string_view::npos, "it is plain and no path");
  Require(text.front() != '.' && text.front() != '-', "it is neither hidden nor an option");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  if (const auto volume = VolumeId::Parse(text); volume.ok()) {
    CheckTaken(text, volume->str(), 128);
    Require(volume->Slot().size() == 32, "a slot has 32 characters");
    Require(volume->Nqn().size() <= 223, "an NQN has at most 223 bytes");
  }
  if (const auto node = NodeId::Parse(text); node.ok()) CheckTaken(text, node->str(), 192);
  if (const auto cluster = ParseClusterId(text); cluster.ok()) CheckTaken(text, *cluster, 64);
  return 0;
}
