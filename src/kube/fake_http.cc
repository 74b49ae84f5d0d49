// SPDX-License-Identifier: Apache-2.0
#include "kube/fake_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

using Query = std::map<std::string, std::string>;
using Answer = Http::Answer;

std::string Unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    plain += absl::HexStringToBytes(std::string(text.substr(i + 1, 2)));
    i += 2;
  }
  return plain;
}

Query ParseQuery(std::string_view text) {
  Query query;
  for (const std::string_view piece : Split(text, '&')) {
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos) continue;
    query[std::string(piece.substr(0, equals))] = Unescaped(piece.substr(equals + 1));
  }
  return query;
}

int64_t NumberIn(const Query& query, const std::string& key, int64_t otherwise) {
  const auto found = query.find(key);
  return found == query.end() ? otherwise : ParseInt64(found->second).value_or(otherwise);
}

ObjectName NameOf(const Json& object) {
  const Json meta = object.value("metadata", Json::object());
  return {meta.value("namespace", ""), meta.value("name", "")};
}

int64_t VersionOf(const Json& object) {
  return ParseInt64(object["metadata"].value("resourceVersion", "")).value_or(0);
}

Answer Good(const Json& object, long status = 200) { return {status, object.dump(), {}}; }

std::string CollectionOf(const Resource& resource) {
  return fmt::format("{}/{}", resource.group_version, resource.plural);
}

}  // namespace

struct FakeKube::Place {
  std::string collection;  // "v1/nodes"
  ObjectName name;
  Query query;

  bool Holds(const Key& key) const {
    return key.first == collection &&
           (name.name_space.empty() || name.name_space == key.second.name_space);
  }
};

// /api/v1/[namespaces/<ns>/]<plural>[/<name>], /apis/<group>/<version>/…
std::optional<FakeKube::Place> FakeKube::Locate(const std::string& path) {
  Place place;
  const size_t question = std::min(path.find('?'), path.size());
  if (question < path.size()) place.query = ParseQuery(path.substr(question + 1));
  const std::string bare = path.substr(0, question);
  std::vector<std::string_view> parts = Split(bare, '/');
  const size_t group_parts = parts.size() > 1 && parts[1] == "apis" ? 2 : 1;
  size_t at = 2;
  if (parts.size() < at + group_parts + 1) return std::nullopt;
  for (size_t i = 0; i < group_parts; ++i) place.collection.append(parts[at++]).append("/");
  if (parts[at] == "namespaces" && parts.size() > at + 2) {
    place.name.name_space = parts[at + 1];
    at += 2;
  }
  place.collection += parts[at++];
  if (at < parts.size()) place.name.name = parts[at++];
  if (at != parts.size()) return std::nullopt;
  return place;
}

Answer FakeKube::Refusal(long http_status, const std::string& reason, const std::string& name) {
  return {http_status,
          Json{{"kind", "Status"},
               {"apiVersion", "v1"},
               {"status", "Failure"},
               {"reason", reason},
               {"details", {{"name", name}}},
               {"message", fmt::format("the server says {}", reason)},
               {"code", http_status}}
              .dump(),
          {}};
}

std::optional<Answer> FakeKube::Faulty(const std::string& verb, absl::Status& failure,
                                       bool& carry_out) {
  const auto fault = std::find_if(faults_.begin(), faults_.end(),
                                  [&](const Fault& each) { return each.verb == verb; });
  if (fault == faults_.end()) return std::nullopt;
  Answer answer = fault->answer;
  failure = fault->failure;
  carry_out = fault->carried_out;
  if (--fault->times == 0) faults_.erase(fault);
  return answer;
}

void FakeKube::Enter(const Request& request, const Until& until) {
  journal_.push_back(
      {fmt::format("{} {}", request.method, request.path), until.deadline - absl::Now()});
}

absl::StatusOr<Answer> FakeKube::Send(const Request& request, const Until& until) {
  const std::lock_guard lock(mutex_);
  Enter(request, until);
  if (until.stop.stop_requested()) return Error(absl::StatusCode::kCancelled, "stopped");
  if (absl::Now() >= until.deadline) return Error(absl::StatusCode::kUnavailable, "out of time");
  const std::optional<Place> place = Locate(request.path);
  if (!place) return Refusal(404, "NotFound");
  const std::string verb = request.method == "POST"    ? "create"
                           : request.method == "PATCH" ? "patch"
                           : place->name.name.empty()  ? "list"
                                                       : "get";
  absl::Status failure;
  bool carry_out = true;
  const std::optional<Answer> fault = Faulty(verb, failure, carry_out);
  Answer answer = carry_out ? CarryOut(request, *place) : Answer();
  if (!fault) return answer;
  if (!failure.ok()) return failure;
  return *fault;
}

Answer FakeKube::CarryOut(const Request& request, const Place& place) {
  if (request.method == "POST") return Create(place, request.body);
  if (request.method == "PATCH") {
    const bool merges = request.content_type == "application/merge-patch+json";
    return merges ? Patch(place, request.body) : Refusal(415, "UnsupportedMediaType");
  }
  if (place.name.name.empty()) return List(place);
  const auto found = objects_.find({place.collection, place.name});
  return found == objects_.end() ? Refusal(404, "NotFound", place.name.name) : Good(found->second);
}

// A page goes on after the object that `continue` names.
Answer FakeKube::List(const Place& place) const {
  const int64_t limit = NumberIn(place.query, "limit", 1'000'000);
  Json list = {{"kind", "List"}, {"items", Json::array()}};
  int64_t version = version_;
  Key after;
  if (place.query.contains("continue")) {
    const Json token = Json::parse(place.query.at("continue"));
    version = token["version"];
    after = {place.collection, {token["namespace"], token["name"]}};
    if (version < compacted_) return Refusal(410, "Expired");
  }
  for (auto at = objects_.upper_bound(after); at != objects_.end(); ++at) {
    if (!place.Holds(at->first)) continue;
    if (static_cast<int64_t>(list["items"].size()) == limit) {
      const ObjectName last = NameOf(list["items"].back());
      const Json token = {
          {"version", version}, {"namespace", last.name_space}, {"name", last.name}};
      list["metadata"]["continue"] = token.dump();
      break;
    }
    list["items"].push_back(at->second);
  }
  list["metadata"]["resourceVersion"] = fmt::to_string(version);
  return Good(list);
}

Answer FakeKube::Create(const Place& place, const std::string& body) {
  Json object = Json::parse(body, nullptr, false);
  if (!object.is_object() || NameOf(object).name.empty()) return Refusal(422, "Invalid");
  if (!place.name.name_space.empty()) object["metadata"]["namespace"] = place.name.name_space;
  const ObjectName name = NameOf(object);
  if (objects_.contains({place.collection, name})) return Refusal(409, "AlreadyExists");
  Store(place.collection, object, "ADDED");
  return Good(objects_.at({place.collection, name}), 201);
}

Answer FakeKube::Patch(const Place& place, const std::string& body) {
  const auto found = objects_.find({place.collection, place.name});
  if (found == objects_.end()) return Refusal(404, "NotFound", place.name.name);
  const Json patch = Json::parse(body, nullptr, false);
  if (!patch.is_object()) return Refusal(400, "BadRequest");
  const std::string expected = patch.value("metadata", Json::object()).value("resourceVersion", "");
  if (!expected.empty() && expected != fmt::to_string(VersionOf(found->second))) {
    return Refusal(409, "Conflict");
  }
  Json object = found->second;
  object.merge_patch(patch);
  Store(place.collection, object, "MODIFIED");
  return Good(objects_.at({place.collection, place.name}));
}

void FakeKube::Store(const std::string& collection, Json object, const std::string& type) {
  ++version_;
  Json& meta = object["metadata"];
  meta["resourceVersion"] = fmt::to_string(version_);
  if (!meta.contains("uid")) meta["uid"] = NameUuid(fmt::format("{}{}", collection, version_));
  history_.push_back({version_, type, collection, object});
  const Key key = {collection, NameOf(object)};
  if (type == "DELETED") {
    objects_.erase(key);
  } else {
    objects_[key] = std::move(object);
  }
  changed_.notify_all();
}

std::vector<std::string> FakeKube::News(const Place& place, int64_t& from) const {
  std::vector<std::string> lines;
  for (const Change& change : history_) {
    if (change.version <= from) continue;
    if (!place.Holds({change.collection, NameOf(change.object)})) continue;
    lines.push_back(Json{{"type", change.type}, {"object", change.object}}.dump());
  }
  if (!history_.empty()) from = std::max(from, history_.back().version);
  return lines;
}

absl::StatusOr<Answer> FakeKube::Stream(const Request& request, const Until& until,
                                        const OnLine& on_line) {
  std::unique_lock lock(mutex_);
  Enter(request, until);
  absl::Status failure;
  bool carry_out = true;
  const std::optional<Answer> fault = Faulty("watch", failure, carry_out);
  if (!failure.ok()) return failure;
  if (fault) return *fault;
  const std::optional<Place> place = Locate(request.path);
  if (!place) return Refusal(404, "NotFound");
  int64_t from = NumberIn(place->query, "resourceVersion", 0);
  if (from < compacted_) return Refusal(410, "Expired");
  const absl::Time end = std::min(
      until.deadline, absl::Now() + absl::Seconds(NumberIn(place->query, "timeoutSeconds", 3600)));
  const int breaks = breaks_;
  size_t extra = extra_lines_.size();
  while (true) {
    std::vector<std::string> lines = News(*place, from);
    for (; extra < extra_lines_.size(); ++extra) lines.push_back(extra_lines_[extra]);
    lock.unlock();
    for (const std::string& line : lines) RETURN_IF_ERROR(on_line(line));
    lock.lock();
    if (breaks != breaks_) return Error(absl::StatusCode::kUnavailable, "broken off");
    if (until.stop.stop_requested()) return Error(absl::StatusCode::kCancelled, "stopped");
    if (absl::Now() >= until.deadline) return Error(absl::StatusCode::kUnavailable, "out of time");
    if (absl::Now() >= end) return Answer{200, "", {}};
    changed_.wait_until(lock, until.stop, absl::ToChronoTime(end), [&] {
      return breaks != breaks_ || extra != extra_lines_.size() ||
             (!history_.empty() && history_.back().version > from);
    });
  }
}

void FakeKube::Put(const Resource& resource, Json object) {
  const std::lock_guard lock(mutex_);
  const std::string collection = CollectionOf(resource);
  const bool known = objects_.contains({collection, NameOf(object)});
  Store(collection, std::move(object), known ? "MODIFIED" : "ADDED");
}

void FakeKube::Remove(const Resource& resource, const ObjectName& name) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find({CollectionOf(resource), name});
  if (found != objects_.end()) Store(CollectionOf(resource), Json(found->second), "DELETED");
}

std::optional<Json> FakeKube::Find(const Resource& resource, const ObjectName& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find({CollectionOf(resource), name});
  if (found == objects_.end()) return std::nullopt;
  return found->second;
}

std::vector<Json> FakeKube::All(const Resource& resource) const {
  const std::lock_guard lock(mutex_);
  std::vector<Json> all;
  for (const auto& [key, object] : objects_) {
    if (key.first == CollectionOf(resource)) all.push_back(object);
  }
  return all;
}

void FakeKube::Compact() {
  const std::lock_guard lock(mutex_);
  compacted_ = ++version_;
  history_.clear();
}

void FakeKube::SendBookmarks() {
  int64_t version = 0;
  {
    const std::lock_guard lock(mutex_);
    version = ++version_;
  }
  SendLine(Json{{"type", "BOOKMARK"},
                {"object", {{"metadata", {{"resourceVersion", fmt::to_string(version)}}}}}}
               .dump());
}

void FakeKube::SendLine(const std::string& line) {
  const std::lock_guard lock(mutex_);
  extra_lines_.push_back(line);
  changed_.notify_all();
}

void FakeKube::BreakWatches() {
  const std::lock_guard lock(mutex_);
  ++breaks_;
  changed_.notify_all();
}

void FakeKube::Fail(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

std::vector<std::string> FakeKube::Journal() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  lines.reserve(journal_.size());
  for (const Entry& entry : journal_) lines.push_back(entry.line);
  return lines;
}

int FakeKube::Asked(const std::string& beginning) const {
  const std::vector<std::string> journal = Journal();
  return static_cast<int>(
      std::count_if(journal.begin(), journal.end(),
                    [&beginning](const std::string& line) { return line.starts_with(beginning); }));
}

absl::Duration FakeKube::Patience(const std::string& beginning) const {
  const std::lock_guard lock(mutex_);
  const auto last = std::find_if(journal_.rbegin(), journal_.rend(), [&](const Entry& entry) {
    return entry.line.starts_with(beginning);
  });
  return last == journal_.rend() ? absl::ZeroDuration() : last->patience;
}

}  // namespace rds_csi
