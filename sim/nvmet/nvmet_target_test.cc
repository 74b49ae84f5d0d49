// SPDX-License-Identifier: Apache-2.0
#include "sim/nvmet/nvmet_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "sim/testing/fake_config_tree.h"
#include "sim/testing/temp_dir.h"

namespace rds_csi::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class NvmetTargetTest : public testing::Test {
 protected:
  NvmetTargetTest() { Restart(); }

  void Restart() {
    target_.reset();
    target_ = std::make_unique<NvmetTarget>(tree_, backings_, "127.0.0.1", "/state/files");
  }

  Export Wanted() {
    return {.nqn = "nqn.a",
            .hosts = {"host1"},
            .port = 4420,
            .file = "/state/files/p/a.img",
            .uuid = "0fdd9a3e-64a4-5a3c-8b54-2b7c7d3a5c11"};
  }

  std::string Attribute(const std::string& path) { return tree_.Read(path).value_or("(none)"); }

  FakeConfigTree tree_;
  FakeBackings backings_;
  std::unique_ptr<NvmetTarget> target_;
};

TEST_F(NvmetTargetTest, PublishMakesEverythingAHostNeeds) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  EXPECT_EQ(Attribute("subsystems/nqn.a/namespaces/1/device_path"), "/dev/loop0");
  EXPECT_EQ(Attribute("subsystems/nqn.a/namespaces/1/device_uuid"), Wanted().uuid);
  EXPECT_EQ(Attribute("subsystems/nqn.a/namespaces/1/enable"), "1");
  EXPECT_EQ(Attribute("subsystems/nqn.a/attr_serial"), "0fdd9a3e64a45a3c");
  EXPECT_EQ(Attribute("ports/4420/addr_traddr"), "127.0.0.1");
  EXPECT_EQ(Attribute("ports/4420/addr_trsvcid"), "4420");
  EXPECT_THAT(tree_.List("ports/4420/subsystems"), ElementsAre("nqn.a"));
}

TEST_F(NvmetTargetTest, OnlyTheHostsOfTheListAreAllowed) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  EXPECT_EQ(Attribute("subsystems/nqn.a/attr_allow_any_host"), "0");
  EXPECT_THAT(tree_.List("subsystems/nqn.a/allowed_hosts"), ElementsAre("host1"));
}

TEST_F(NvmetTargetTest, AnEmptyListAllowsAnyHost) {
  Export any = Wanted();
  any.hosts.clear();
  ASSERT_TRUE(target_->Publish(any).ok());
  EXPECT_EQ(Attribute("subsystems/nqn.a/attr_allow_any_host"), "1");
}

TEST_F(NvmetTargetTest, HostsCanConnectOnlyWhenAllElseIsReady) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  EXPECT_EQ(tree_.journal().back(), "link ports/4420/subsystems/nqn.a");
}

TEST_F(NvmetTargetTest, WithdrawLeavesNothing) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  target_->Withdraw("nqn.a");
  EXPECT_THAT(tree_.List("subsystems"), IsEmpty());
  EXPECT_THAT(tree_.List("hosts"), IsEmpty());
  EXPECT_THAT(tree_.List("ports"), IsEmpty());
}

TEST_F(NvmetTargetTest, WithdrawKeepsWhatOthersUse) {
  Export other = Wanted();
  other.nqn = "nqn.b";
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  ASSERT_TRUE(target_->Publish(other).ok());
  target_->Withdraw("nqn.a");
  EXPECT_THAT(tree_.List("subsystems"), ElementsAre("nqn.b"));
  EXPECT_THAT(tree_.List("hosts"), ElementsAre("host1"));
  EXPECT_THAT(tree_.List("ports/4420/subsystems"), ElementsAre("nqn.b"));
}

TEST_F(NvmetTargetTest, AFailedPublishLeavesNothing) {
  tree_.FailOn("subsystems/nqn.a/namespaces/1/enable");
  EXPECT_FALSE(target_->Publish(Wanted()).ok());
  EXPECT_THAT(tree_.List("subsystems"), IsEmpty());
}

TEST_F(NvmetTargetTest, ChangedHostsReplaceTheList) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  Export changed = Wanted();
  changed.hosts = {"host2"};
  ASSERT_TRUE(target_->ChangeHosts(changed, false).ok());
  EXPECT_THAT(tree_.List("subsystems/nqn.a/allowed_hosts"), ElementsAre("host2"));
  EXPECT_THAT(tree_.List("hosts"), ElementsAre("host2"));
  EXPECT_THAT(tree_.journal(),
              testing::Not(testing::Contains("unlink ports/4420/subsystems/nqn.a")));
}

TEST_F(NvmetTargetTest, ChangedHostsMayDropEverySession) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  ASSERT_TRUE(target_->ChangeHosts(Wanted(), true).ok());
  EXPECT_THAT(tree_.journal(), testing::Contains("unlink ports/4420/subsystems/nqn.a"));
  EXPECT_THAT(tree_.List("ports/4420/subsystems"), ElementsAre("nqn.a"));
}

TEST_F(NvmetTargetTest, AListMayBecomeAnyHostAndBack) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  Export any = Wanted();
  any.hosts.clear();
  ASSERT_TRUE(target_->ChangeHosts(any, false).ok());
  EXPECT_EQ(Attribute("subsystems/nqn.a/attr_allow_any_host"), "1");
  ASSERT_TRUE(target_->ChangeHosts(Wanted(), false).ok());
  EXPECT_THAT(tree_.List("subsystems/nqn.a/allowed_hosts"), ElementsAre("host1"));
}

TEST_F(NvmetTargetTest, AGrownFileIsFollowed) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  ASSERT_TRUE(target_->FollowSize(Wanted()).ok());
  EXPECT_THAT(backings_.grown, ElementsAre("/dev/loop0"));
  EXPECT_EQ(Attribute("subsystems/nqn.a/namespaces/1/revalidate_size"), "1");
}

TEST_F(NvmetTargetTest, AFileWithoutALoopDeviceIsBuffered) {
  backings_.loops = false;
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  EXPECT_EQ(Attribute("subsystems/nqn.a/namespaces/1/buffered_io"), "1");
}

TEST_F(NvmetTargetTest, TheEndRemovesEverything) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  target_.reset();
  EXPECT_THAT(tree_.List("subsystems"), IsEmpty());
  EXPECT_THAT(tree_.List("ports"), IsEmpty());
}

TEST_F(NvmetTargetTest, LeftoversAreKnownByTheirFiles) {
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  Export foreign = Wanted();
  foreign.nqn = "nqn.foreign";
  foreign.file = "/elsewhere/a.img";
  ASSERT_TRUE(target_->Publish(foreign).ok());
  NvmetTarget next(tree_, backings_, "127.0.0.1", "/state/files");
  next.RemoveLeftovers();
  EXPECT_THAT(tree_.List("subsystems"), ElementsAre("nqn.foreign"));
}

TEST_F(NvmetTargetTest, BetweenBootAndExportsThePortListensAndKnowsNobody) {
  ASSERT_TRUE(target_->ListenWithoutExports(4420).ok());
  EXPECT_THAT(tree_.List("ports/4420/subsystems"), testing::SizeIs(1));
  ASSERT_TRUE(target_->Publish(Wanted()).ok());
  EXPECT_THAT(tree_.List("ports/4420/subsystems"), ElementsAre("nqn.a"));
  EXPECT_THAT(tree_.List("subsystems"), ElementsAre("nqn.a"));
}

TEST_F(NvmetTargetTest, APortOfSomebodyElseIsNotTaken) {
  ASSERT_TRUE(tree_.MakeDirectory("ports/4420").ok());
  ASSERT_TRUE(tree_.Write("ports/4420/addr_traddr", "10.0.0.1").ok());
  EXPECT_FALSE(target_->Publish(Wanted()).ok());
}

TEST(LinuxConfigTreeTest, MakesReadsAndRemoves) {
  const TempDir dir;
  LinuxConfigTree tree(dir.path());
  ASSERT_TRUE(tree.MakeDirectory("a").ok());
  EXPECT_TRUE(tree.MakeDirectory("a").ok());
  std::ofstream(dir.path() + "/a/value") << "old\n";
  EXPECT_EQ(tree.Read("a/value").value_or(""), "old");
  ASSERT_TRUE(tree.Write("a/value", "new").ok());
  EXPECT_EQ(tree.Read("a/value").value_or(""), "new");
  ASSERT_TRUE(tree.Link("a", "b").ok());
  EXPECT_THAT(tree.List(""), ElementsAre("a", "b"));
  EXPECT_TRUE(tree.Unlink("b").ok());
  EXPECT_TRUE(tree.Unlink("b").ok());
  EXPECT_FALSE(tree.RemoveDirectory("a").ok());
  EXPECT_TRUE(absl::IsNotFound(tree.Read("a/nothing").status()));
}

TEST(LinuxConfigTreeTest, NeverMakesAnAttribute) {
  const TempDir dir;
  LinuxConfigTree tree(dir.path());
  EXPECT_FALSE(tree.Write("value", "1").ok());
  EXPECT_FALSE(std::filesystem::exists(dir.path() + "/value"));
}

}  // namespace
}  // namespace rds_csi::sim
