// SPDX-License-Identifier: Apache-2.0
// Every command that the driver can send, on every version: the supported ones understand it, the
// older ones refuse it in the words of RouterOS.
#include "sim/testing/router_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::HasSubstr;

class VersionsTest : public RouterFixture, public testing::WithParamInterface<const char*> {
 protected:
  VersionsTest() : RouterFixture(GetParam()) {}
};

class SupportedVersionsTest : public VersionsTest {};

TEST_P(SupportedVersionsTest, UnderstandEveryCommandOfTheDriver) {
  const std::vector<std::string> lines = {
      ":put [:serialize to=json [/system resource print as-value]]",
      "/file add type=directory name=storage-pool/d",
      ("/disk add type=file slot=\"a\" file-path=/storage-pool/d/a.img file-size=1073741824 "
       "mount-filesystem=no nvme-tcp-export=no nvme-tcp-server-port=4420 "
       "nvme-tcp-server-nqn=\"nqn.2000-02.com.mikrotik:a\" comment=\"ledger\""),
      ("/disk set [find slot=\"a\"] comment=\"x\" nvme-tcp-export=yes "
       "nvme-tcp-server-allow-host-name=\"nqn.2014-08.org.nvmexpress:uuid:1\""),
      (":put [:serialize to=json [/disk print detail as-value where slot=\"a\" or slot=\"b\" or "
       "mount-point=\"storage-pool\"]]"),
      "/disk set *2 file-size=2147483648",
      "/disk set [find slot=\"a\"] nvme-tcp-export=no nvme-tcp-server-allow-host-name=\"\"",
      "/disk remove [find slot=\"a\"]",
      ":put [:serialize to=json [/file print as-value where name=\"storage-pool/d/a.img\"]]",
      "/file remove [find name=\"storage-pool/d/a.img\"]",
      "/disk/btrfs/subvolume/add fs=storage-pool name=vol",
      "/disk/btrfs/subvolume/add read-only=yes parent=vol fs=storage-pool name=s",
      ":put [:serialize to=json [/disk/btrfs/subvolume/print as-value]]",
      "/disk/btrfs/subvolume/remove [find where name=s]",
      ":put [:serialize to=json [/disk/btrfs/filesystem/print as-value]]",
      ":put [/disk print count-only where type=file]",
      "/system identity print"};
  for (const std::string& line : lines) {
    const ConsoleOutput output =
        RunLine(*schema_, line, [this](const Command& c) { return router_->Execute(c); });
    EXPECT_TRUE(output.status.ok()) << line << ": " << output.text;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SupportedVersionsTest,
                         testing::Values("7.21", "7.22", "7.23", "7.24"));

class OldVersionsTest : public VersionsTest {};

TEST_P(OldVersionsTest, DoNotKnowTheServerNqn) {
  EXPECT_THAT(AddDisk("a", "nvme-tcp-server-nqn=x"), HasSubstr("expected end of command"));
  EXPECT_THAT(Run(":put [:serialize to=json [/disk print as-value]]"),
              testing::Not(HasSubstr("nvme-tcp-server-nqn")));
}

INSTANTIATE_TEST_SUITE_P(All, OldVersionsTest, testing::Values("7.16", "7.18", "7.20.8"));

class Version716Test : public RouterFixture {
 protected:
  Version716Test() : RouterFixture("7.16") {}
};

TEST_F(Version716Test, HasNoFileDisks) {
  EXPECT_THAT(AddDisk("a"), HasSubstr("expected end of command (line 1 column 21)"));
  EXPECT_EQ(Run("/disk add type=file slot=a"), "input does not match any value of type\n");
  EXPECT_THAT(Run("/disk/btrfs/subvolume/print"), HasSubstr("bad command name btrfs"));
}

TEST(SchemaTest, OffersTheVersionsOldestFirst) {
  EXPECT_THAT(Schema::Versions(),
              testing::ElementsAre("7.16", "7.18", "7.20.8", "7.21", "7.22", "7.23", "7.24"));
}

TEST(SchemaTest, NamesTheKnownVersionsWhenAskedForAnother) {
  EXPECT_THAT(std::string(Message(Schema::Load("6.49").status())), HasSubstr("7.20.8, 7.21"));
}

TEST(SchemaTest, KnowsMenusCommandsAndArguments) {
  const Schema schema = *Schema::Load("7.23");
  EXPECT_TRUE(schema.HasCommand("/disk/btrfs/subvolume", "add"));
  EXPECT_TRUE(schema.HasArgument("/file", "copy", "name"));
  EXPECT_FALSE(schema.HasCommand("/disk", "btrfs"));
  EXPECT_FALSE(schema.HasCommand("/disk", "raid-scrub-cancel"));
  EXPECT_FALSE(schema.HasArgument("/nowhere", "add", "x"));
}

}  // namespace
}  // namespace rds_csi::sim
