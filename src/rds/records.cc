// SPDX-License-Identifier: Apache-2.0
#include "rds/records.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

using nlohmann::json;

absl::Status Unreadable(std::string_view what, std::string_view text) {
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS: the answer {}: {}", what, Quoted(text)));
}

// Takes records as they come off the text: an answer of ten thousand disks never stands in memory
// as a tree.
class Reader final : public nlohmann::json_sax<json> {
 public:
  absl::StatusOr<std::vector<RosRecord>> Read(std::string_view text) {
    if (json::sax_parse(text, this)) return std::move(records_);
    return Unreadable(refusal_.empty() ? "is not JSON" : refusal_, text);
  }

  bool null() override { return Take(""); }
  bool boolean(bool value) override { return Take(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return Take(fmt::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Take(fmt::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Take(text); }
  bool string(string_t& value) override { return Take(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // not in JSON

  bool start_object(size_t) override {
    if (place_ != Place::kTop && place_ != Place::kList) return Refuse();
    around_ = std::exchange(place_, Place::kRecord);
    records_.emplace_back();
    return true;
  }
  bool key(string_t& property) override {
    property_ = std::move(property);
    return true;
  }
  bool end_object() override {
    place_ = around_;
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::kTop) {
      place_ = Place::kList;
    } else if (place_ == Place::kRecord) {
      place_ = Place::kElements;
      elements_.clear();
    } else {
      return Refuse();
    }
    return true;
  }
  bool end_array() override {
    if (place_ == Place::kList) return true;
    place_ = Place::kRecord;
    return Take(Join(elements_, ","));
  }

  bool parse_error(size_t, const std::string&, const json::exception&) override { return false; }

 private:
  enum class Place { kTop, kList, kRecord, kElements };

  bool Take(std::string value) {
    if (place_ == Place::kElements) {
      elements_.push_back(std::move(value));
    } else if (place_ == Place::kRecord) {
      records_.back()[property_] = std::move(value);
    } else {
      return Refuse();
    }
    return true;
  }

  // What comes next has no place here.
  bool Refuse() {
    const bool in_record = place_ == Place::kRecord || place_ == Place::kElements;
    refusal_ = in_record ? fmt::format("has an odd {}", Quoted(property_))
                         : "holds something else than records";
    return false;
  }

  Place place_ = Place::kTop;
  Place around_ = Place::kTop;  // a record
  std::vector<RosRecord> records_;
  std::string property_;
  std::vector<std::string> elements_;
  std::string refusal_;
};

}  // namespace

absl::StatusOr<std::vector<RosRecord>> ParseRosJson(std::string_view text) {
  return Reader().Read(text);
}

absl::Status CheckAnswer(const RosCommand& command, const std::vector<RosRecord>& records) {
  const bool one = command.verb == RosCommand::Verb::kAdd || command.verb == RosCommand::Verb::kSet;
  if (command.verb == RosCommand::Verb::kPrint || records.size() == (one ? 1 : 0)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS: {} answered {} records", NameOf(command), records.size()));
}

absl::Status Unreadable(const RosCommand& command, const absl::Status& why) {
  if (command.verb == RosCommand::Verb::kPrint || !absl::IsInternal(why)) return why;
  return Error(absl::StatusCode::kDeadlineExceeded,
               fmt::format("{}; the outcome of {} is unknown", Message(why), NameOf(command)));
}

}  // namespace rds_csi
