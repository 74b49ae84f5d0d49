// SPDX-License-Identifier: Apache-2.0
// Those who call the plugins by themselves: external-provisioner and -resizer of each volume, the
// attacher of each volume at each worker, and what each kubelet does for each volume. Each compares
// again and again what is wanted with what it believes, and asks for the next step; after a failure
// it waits, twice as long each time.
#ifndef RDS_CSI_TESTS_HISTORIES_CALLERS_H_
#define RDS_CSI_TESTS_HISTORIES_CALLERS_H_

#include <functional>
#include <optional>
#include <utility>

#include "datacenter.h"
#include "objects.h"

namespace rds_csi::world::histories {

class Callers {
 public:
  Callers(Datacenter& datacenter, Objects& objects);  // which outlive this
  void Start();

  // The kubelet of a machine that boots does not know what is left of what it had done.
  void Rebooted(int worker);

 private:
  using Request = Datacenter::Request;
  using Next = std::function<std::optional<Request>()>;
  using Note = std::function<void(const Request&, const absl::Status&)>;

  void Run(const Next& next, const Note& note);
  std::optional<Request> NextOfProvisioner(int volume);
  void NoteOfProvisioner(const Request& request, const absl::Status& answer);
  std::optional<Request> NextOfAttacher(int volume, int worker);
  void NoteOfAttacher(const Request& request, const absl::Status& answer);
  std::optional<Request> NextOfKubelet(int volume, int worker);
  std::optional<Request> TakeDown(int volume, int worker, bool outdated);
  std::optional<Request> BringUp(int volume, int worker, bool outdated);
  void NoteOfKubelet(const Request& request, const absl::Status& answer);
  bool MayDetach(int volume, int worker);
  void MakeAttachment(int volume, int worker);
  void RemoveAttachment(int volume, int worker);
  bool SeesApi(int worker);

  Datacenter& datacenter_;
  Objects& objects_;
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_CALLERS_H_
