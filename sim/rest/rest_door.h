// SPDX-License-Identifier: Apache-2.0
// The REST API over HTTPS: basic authentication, one command a request, errors as
// {"error":400,"message":"Bad Request","detail":"failure: …"}, and the cap of 60 seconds after
// which the answer is "Session closed" while the command goes on.
#ifndef RDS_CSI_SIM_REST_REST_DOOR_H_
#define RDS_CSI_SIM_REST_REST_DOOR_H_

#include <condition_variable>
#include <mutex>
#include <string>

#include "sim/control/service.h"
#include "sim/net/listener.h"
#include "sim/rest/http_message.h"
#include "sim/rest/rest_request.h"
#include "sim/rest/tls.h"

namespace rds_csi::sim {

class RestDoor {
 public:
  RestDoor(Service& service, TlsContext context, Address address);
  ~RestDoor();  // closes; waits for commands that outlived their requests

  absl::Status Open() { return listener_.Open(); }
  void Close() { listener_.Close(); }
  uint16_t port() const { return listener_.port(); }

 private:
  void Serve(int fd);
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse AnswerCapped(const RestCall& call);
  HttpResponse Run(const RestCall& call);
  HttpResponse RunScript(const RestCall& call);
  HttpResponse AnswerRow(const RestCall& call, const Reply& reply);

  Service& service_;
  TlsContext context_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
  uint64_t next_job_ = 1;
  Listener listener_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_REST_DOOR_H_
