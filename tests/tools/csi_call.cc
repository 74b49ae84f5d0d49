// SPDX-License-Identifier: Apache-2.0
//
// csi-call: makes CSI calls from JSON, one from the command line or many at once from stdin, so
// that a test written in any language can drive a CSI driver without linking gRPC.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "caller.h"
#include "session.h"

namespace rds_csi {
namespace {

using nlohmann::ordered_json;

constexpr const char* kFooter = R"(
Without arguments, reads one call a line from stdin and writes one answer a line to stdout, in the
order in which the calls end; every call runs at once, without waiting for the ones before it:

  {"id":1,"socket":"unix:///csi/csi.sock","method":"csi.v1.Node/NodeGetInfo","request":{},
   "timeout_ms":60000,"wait_for_ready":false}              (all on one line)
  {"id":1,"code":0,"code_name":"OK","message":"","response":{"node_id":"n1"},"ms":1.3}

"request", "timeout_ms" and "wait_for_ready" (wait until something listens) may be left out; "id"
is any JSON. A call that could not be made is answered with code -1. Requests and responses are
protobuf JSON with the field names of csi.proto; a call that failed has the response null.

With arguments, makes one call and prints the response; exit status 0, or 1 when the call failed.)";

int CallOnce(Call call, const std::string& request) {
  call.request = ordered_json::parse(request, nullptr, false);
  const Answer answer =
      call.request.is_discarded() ? NotCalled("JSON does not parse") : Caller().Make(call);
  if (answer.code != 0) {
    std::cerr << CodeName(answer.code) << ": " << answer.message << "\n";
    return 1;
  }
  std::cout << answer.response.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App app("Makes CSI calls from JSON.", "csi-call");
  app.footer(kFooter);
  Call call;
  std::string request = "{}";
  auto* socket = app.add_option("SOCKET", call.socket, "the driver, such as unix:///csi/csi.sock");
  auto* method =
      app.add_option("METHOD", call.method, "service/method, such as csi.v1.Identity/Probe");
  app.add_option("JSON", request, "the request as protobuf JSON")->capture_default_str();
  app.add_option("--timeout-ms", call.timeout_ms, "the call's deadline")->capture_default_str();
  app.add_flag("--wait-for-ready", call.wait_for_ready, "wait until something listens there");
  socket->needs(method);
  CLI11_PARSE(app, argc, argv);
  if (*socket) return CallOnce(call, request);
  Session session(std::cout);
  for (std::string line; std::getline(std::cin, line);) session.Start(line);
  return 0;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    return rds_csi::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "csi-call: " << error.what() << "\n";
    return 1;
  }
}
