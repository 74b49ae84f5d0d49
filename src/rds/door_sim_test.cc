// SPDX-License-Identifier: Apache-2.0
// What the audit log and the metrics say of the RDS's door, against the simulated RDS.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rds/transport_fixture.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using DoorTest = TransportTest;
INSTANTIATE_TEST_SUITE_P(Doors, DoorTest, testing::Values(Door::kRest, Door::kSsh), NameOfDoor);

TEST_P(DoorTest, AUD_1_ANewConnectionAuditsWhoItIsAndOurLoginOnce) {
  Start();
  ASSERT_TRUE(Find().ok());
  ASSERT_TRUE(Find().ok());
  EXPECT_THAT(Audited(), ElementsAre(Check() + "success", "login success"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"accepted\"} 1\n"));
}

TEST_P(DoorTest, AUD_1_AnotherServerIsAuditedAndNoLoginIsTried) {
  SimProcess other;
  Start();
  for (const char* file : {"host-key", "ca.crt", "server.crt"}) {
    std::filesystem::copy_file(other.credentials() + "/" + file, sim_->credentials() + "/" + file,
                               std::filesystem::copy_options::overwrite_existing);
  }
  Open();
  ASSERT_FALSE(Find().ok());
  EXPECT_THAT(Audited(), ElementsAre(Check() + "failure"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"untrusted\"} 1\n"));
}

TEST_P(DoorTest, AUD_1_ARefusedLoginIsAudited) {
  Start();
  sim_->WriteCredential("password", "wrong-secret");
  sim_->WriteCredential("private-key", "");
  Open();
  ASSERT_FALSE(Find().ok());
  EXPECT_THAT(Audited(), ElementsAre(Check() + "success", "login failure"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"refused\"} 1\n"));
}

TEST_P(DoorTest, AUD_1_NoSecretIsEverAudited) {
  Start();
  const auto contents = [this](const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(sim_->credentials() + "/" + file).rdbuf();
    return std::string(Trim(text.str()));
  };
  const std::string password = contents("password");
  const std::string key = contents("private-key");
  ASSERT_TRUE(Find().ok());
  sim_->WriteCredential("password", "wrong-secret");
  sim_->WriteCredential("private-key", "");
  Open();
  ASSERT_FALSE(Find().ok());
  ASSERT_FALSE(password.empty());
  const std::string audited = AuditText();
  EXPECT_THAT(audited, Not(HasSubstr(password)));
  EXPECT_THAT(audited, Not(HasSubstr("wrong-secret")));
  for (const std::string_view line : Lines(key)) {
    EXPECT_THAT(audited, Not(HasSubstr(std::string(line))));
  }
}

TEST_P(DoorTest, AUD_1_AnRdsThatIsAwayIsNoLogin) {
  Start();
  sim_->Stop();
  ASSERT_FALSE(Find().ok());
  EXPECT_THAT(Audited(), IsEmpty());
}

}  // namespace
}  // namespace rds_csi
