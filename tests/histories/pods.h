// SPDX-License-Identifier: Apache-2.0
// What runs in the pods: every half a minute each writes a record and syncs it. What was synced has
// to have gone to its own volume, by leave of the RDS, and to be there when the next pod begins.
#ifndef RDS_CSI_TESTS_HISTORIES_PODS_H_
#define RDS_CSI_TESTS_HISTORIES_PODS_H_

#include <map>
#include <string>
#include <utility>

#include "datacenter.h"
#include "objects.h"

namespace rds_csi::world::histories {

class Pods {
 public:
  Pods(Datacenter& datacenter, Objects& objects);  // which outlive this
  void Start();

  // Whether the pod can write and sync now. One that cannot because its device is gone is to begin
  // anew.
  bool Write(int volume, int worker, int place);

 private:
  void CheckDone(int volume, int worker, const FakeHost::Io& io);
  void CheckLate(int volume, int worker);

  Datacenter& datacenter_;
  Objects& objects_;
  // By volume and its deletions: the file on the RDS that holds what was synced.
  std::map<std::pair<int, int>, std::string> written_;
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_PODS_H_
