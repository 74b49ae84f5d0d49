// SPDX-License-Identifier: Apache-2.0
#include "csi/socket_claim.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "csi/file_lock.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

// A socket at `path` that nobody serves once it is closed.
int Bind(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(listen(fd, 1), 0);
  return fd;
}

class SocketClaimTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::string path_ = folder_ / "csi.sock";
};

TEST(ParseSocketPathTest, TakesBothForms) {
  EXPECT_EQ(*ParseSocketPath("unix:///csi/csi.sock"), "/csi/csi.sock");
  EXPECT_EQ(*ParseSocketPath("/csi/csi.sock"), "/csi/csi.sock");
}

TEST(ParseSocketPathTest, RefusesWhatIsNoSocketPath) {
  for (const char* text : {"", "csi.sock", "tcp://0.0.0.0:1", "unix://csi.sock", "unix:/csi.sock",
                           "/a/../b", "/a\nb", "http:///a"}) {
    EXPECT_EQ(ParseSocketPath(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseSocketPathTest, RefusesAPathThatTheKernelWouldCutOff) {
  EXPECT_TRUE(ParseSocketPath("/" + std::string(106, 'a')).ok());
  EXPECT_THAT(Message(ParseSocketPath("/" + std::string(107, 'a')).status()),
              HasSubstr("108 characters"));
}

TEST_F(SocketClaimTest, ASecondClaimIsRefusedByName) {
  const auto first = ClaimSocket(path_);
  ASSERT_TRUE(first.ok());
  const absl::Status second = ClaimSocket(path_).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(second), HasSubstr(path_));
  EXPECT_THAT(Message(second), HasSubstr(std::to_string(getpid())));
}

TEST(FileLockTest, AFileThatTakesNoNameOfItsHolderIsNoLock) {
  EXPECT_FALSE(FileLock::Take("/dev/full", "nothing").ok());
}

TEST_F(SocketClaimTest, AClaimEndsWithItsHolder) {
  {
    const auto first = ClaimSocket(path_);
  }
  EXPECT_TRUE(ClaimSocket(path_).ok());
}

TEST_F(SocketClaimTest, AStaleSocketIsRemoved) {
  close(Bind(path_));
  ASSERT_TRUE(ClaimSocket(path_).ok());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SocketClaimTest, ASocketThatAnotherProgramServesIsLeftAlone) {
  const int fd = Bind(path_);
  EXPECT_EQ(ClaimSocket(path_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(std::filesystem::exists(path_));
  close(fd);
}

TEST_F(SocketClaimTest, AFileIsNeverRemoved) {
  std::ofstream(path_) << "data";
  EXPECT_THAT(Message(ClaimSocket(path_).status()), HasSubstr("no socket"));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SocketClaimTest, AMissingFolderIsNamed) {
  EXPECT_THAT(Message(ClaimSocket(folder_ / "none/csi.sock").status()), HasSubstr("none/csi.sock"));
}

}  // namespace
}  // namespace rds_csi
