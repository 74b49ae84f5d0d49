// SPDX-License-Identifier: Apache-2.0
#include "kube/list_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/time/clock.h"
#include "base/backoff.h"
#include "base/log.h"
#include "base/status.h"
#include "kube/pause.h"

namespace rds_csi {

ListWatch::ListWatch(const KubeApi& api, const Resource& resource, FollowOptions options,
                     Follower& follower)
    : api_(api),
      resource_(resource),
      options_(std::move(options)),
      follower_(follower),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

ListWatch::~ListWatch() = default;  // The jthread is asked to stop, and joined.

Freshness ListWatch::Fresh() const {
  const std::lock_guard lock(mutex_);
  return fresh_;
}

bool ListWatch::WaitUntilComplete(absl::Time deadline) const {
  std::unique_lock lock(mutex_);
  return completed_.wait_until(lock, absl::ToChronoTime(deadline),
                               [this] { return fresh_.complete; });
}

void ListWatch::Run(const std::stop_token& stop) {
  const auto new_backoff = [this] {
    return Backoff(options_.first_wait, options_.longest_wait, std::random_device()());
  };
  Backoff backoff = new_backoff();
  while (!stop.stop_requested()) {
    const absl::Time begun = absl::Now();
    const bool watches = listed_;
    heard_ = false;
    const absl::Status status = Step(stop);
    if (stop.stop_requested()) return;
    Note(status);
    // A server that ends every watch at once, or forgets at once what it has listed, is not asked
    // again at once.
    const bool useful = heard_ || (status.ok() && absl::Now() - begun >= options_.first_wait);
    if (watches && useful) backoff = new_backoff();
    if (status.ok() && listed_ && (useful || !watches)) continue;
    if (!Pause(backoff.Next(), stop)) return;
  }
}

absl::Status ListWatch::Step(const std::stop_token& stop) {
  return listed_ ? Watch(stop) : List(stop);
}

absl::Status ListWatch::List(const std::stop_token& stop) {
  const absl::Time begun = absl::Now();
  const ListSink sink{[this] { follower_.BeginList(); },
                      [this](const Json& object) { return follower_.Listed(object); }};
  ASSIGN_OR_RETURN(version_, api_.List(resource_, options_.name_space, options_.list, sink,
                                       {begun + options_.list_timeout, stop}));
  follower_.EndList();
  listed_ = true;
  const std::lock_guard lock(mutex_);
  fresh_.complete = true;
  fresh_.as_of = begun;
  completed_.notify_all();
  return absl::OkStatus();
}

absl::Status ListWatch::Watch(const std::stop_token& stop) {
  const auto end = api_.Watch(resource_, options_.name_space, options_.watch, version_,
                              [this](const WatchEvent& event) { return Take(event); },
                              {absl::InfiniteFuture(), stop});
  if (end.ok()) {
    listed_ = *end == WatchEnd::kOver;
    if (listed_) HeardAt(absl::Now());
    return absl::OkStatus();
  }
  listed_ = absl::IsUnavailable(end.status());  // What was heard until then still holds.
  return end.status();
}

absl::Status ListWatch::Take(const WatchEvent& event) {
  if (event.kind == WatchEvent::Kind::kDeleted) {
    RETURN_IF_ERROR(follower_.Gone(event.object));
  } else if (event.kind != WatchEvent::Kind::kBookmark) {
    RETURN_IF_ERROR(follower_.Changed(event.object));
  }
  heard_ = true;
  HeardAt(absl::Now());
  Note(absl::OkStatus());
  return absl::OkStatus();
}

void ListWatch::HeardAt(absl::Time time) {
  const std::lock_guard lock(mutex_);
  fresh_.as_of = std::max(fresh_.as_of, time);
}

void ListWatch::Note(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (fresh_.error.code() == status.code()) return;
    fresh_.error = status;
  }
  const std::string what = fmt::format("following {}", resource_.plural);
  if (status.ok()) {
    Log(LogLevel::kInfo, what + " again");
  } else {
    Log(LogLevel::kWarning, what + " failed", {{"error", Message(status)}});
  }
}

}  // namespace rds_csi
