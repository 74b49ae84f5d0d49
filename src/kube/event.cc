// SPDX-License-Identifier: Apache-2.0
#include "kube/event.h"

#include <algorithm>

#include "base/digest.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestName = 253;
constexpr int kNameDigits = 16;
constexpr std::string_view kCut = "...";

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// How many bytes the character at the beginning of `text` has; 0: it is no valid UTF-8 (overlong
// forms, surrogates and what is beyond Unicode are none).
size_t CharacterSize(std::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first < 0x20 && first != '\n' && first != '\t' ? 0 : 1;
  const size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size),
                   IsContinuation)) {
    return 0;
  }
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
  return size;
}

}  // namespace

std::string NewEventName(std::string_view claim) {
  std::string name(claim.substr(0, kLongestName - kNameDigits - 1));
  while (!name.empty() && (name.back() == '.' || name.back() == '-')) name.pop_back();
  return name + "." + RandomHex(kNameDigits);
}

Json NewEvent(const Report& report, const EventSource& source, const ClaimReference& claim,
              const std::string& name, absl::Time now) {
  Json event = RepeatedEvent(1, now);
  event["apiVersion"] = "v1";
  event["kind"] = "Event";
  event["metadata"] = {{"name", name}, {"namespace", claim.name.name_space}};
  event["involvedObject"] = {{"apiVersion", "v1"},
                             {"kind", "PersistentVolumeClaim"},
                             {"namespace", claim.name.name_space},
                             {"name", claim.name.name},
                             {"uid", claim.uid}};
  event["type"] = IsWarning(report.reason) ? "Warning" : "Normal";
  event["reason"] = NameOf(report.reason);
  event["message"] = CutText(report.message, kLongestEventMessage);
  event["firstTimestamp"] = event["lastTimestamp"];
  event["source"] = {{"component", source.driver}};
  event["reportingComponent"] = source.driver;
  event["reportingInstance"] = source.instance;
  return event;
}

Json RepeatedEvent(int count, absl::Time now) {
  return {{"count", count}, {"lastTimestamp", TimeText(now)}};
}

std::string CutText(std::string_view text, size_t limit) {
  std::string kept;
  size_t fits = 0;  // with what says that it was cut
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    if (size == 0) {
      kept += '?';
    } else {
      kept += text.substr(0, size);
    }
    if (kept.size() > limit) return kept.substr(0, fits).append(kCut);
    if (kept.size() + kCut.size() <= limit) fits = kept.size();
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return kept;
}

}  // namespace rds_csi
