// SPDX-License-Identifier: Apache-2.0
//
// Calls as lines: one JSON object a line in, one JSON object a line out.
#ifndef RDS_CSI_TOOLS_SESSION_H_
#define RDS_CSI_TOOLS_SESSION_H_

#include <condition_variable>
#include <iosfwd>
#include <mutex>
#include <string>

#include "caller.h"

namespace rds_csi {

// Answers each line from a thread of its own, in the order in which the calls end.
class Session {
 public:
  // Answers go to `answers`, which is written by one thread at a time and flushed after each line.
  explicit Session(std::ostream& answers) : answers_(answers) {}

  // Returns when every call that was started is answered.
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Starts the call that `line` describes:
  //   {"id":1,"socket":...,"method":...,"request":{...},"timeout_ms":60000,"wait_for_ready":false}
  // and returns at once. The answer repeats the id, whatever JSON it is:
  //   {"id":1,"code":0,"code_name":"OK","message":"","response":{...},"ms":1.3}
  // A line that describes no call is answered too, with code -1.
  void Start(const std::string& line);

 private:
  Answer AnswerTo(const nlohmann::ordered_json& line);
  void Finish(const nlohmann::ordered_json& id, const Answer& answer);

  std::ostream& answers_;
  Caller caller_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_TOOLS_SESSION_H_
