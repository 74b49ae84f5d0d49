// SPDX-License-Identifier: Apache-2.0
#include "kubernetes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "base/fake_clock.h"
#include "kube/test_tls_server.h"

namespace rds_csi {
namespace {

using Exchange = TestTlsServer::Exchange;

class KubernetesTest : public testing::Test {
 protected:
  void Start(TestTlsServer::Handler handler) {
    server_.emplace(std::move(handler));
    ServingSettings serving;
    serving.kubernetes = server_->Config();
    kubernetes_.emplace(serving, "worker-1", clock_, metrics_);
  }
  void Tell() {
    for (Reporter* const reporter : kubernetes_->reporters()) {
      reporter->Tell({Reason::kMountFailure, "pvc-1", "worker-1", {"shop", "data"}, "x"});
    }
  }

  FakeClock clock_;
  Metrics metrics_{"1.0", "node"};
  std::optional<TestTlsServer> server_;
  std::optional<Kubernetes> kubernetes_;
};

TEST_F(KubernetesTest, WithoutAnApiServerNobodyElseIsTold) {
  Kubernetes kubernetes({}, "worker-1", clock_, metrics_);
  EXPECT_EQ(kubernetes.api(), nullptr);
  EXPECT_TRUE(kubernetes.reporters().empty());
}

TEST_F(KubernetesTest, EVT_1_WhatWasToldLastIsDeliveredBeforeTheEnd) {
  std::atomic<int> posted = 0;
  Start([&posted](Exchange& exchange) {
    if (exchange.request().starts_with("POST")) ++posted;
    exchange.Say(TestTlsServer::Answer("200 OK",
                                       R"({"metadata":{"namespace":"shop","name":"data","uid":"1",)"
                                       R"("resourceVersion":"1"}})"));
  });
  Tell();
  kubernetes_.reset();
  EXPECT_EQ(posted, 1);
}

TEST_F(KubernetesTest, EVT_1_AServerThatNeverAnswersDelaysTheEndForThreeSeconds) {
  Start([](Exchange& exchange) { exchange.Hold(); });
  Tell();
  const absl::Time begun = absl::Now();
  kubernetes_.reset();
  EXPECT_GE(absl::Now() - begun, absl::Seconds(3));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(8));
}

}  // namespace
}  // namespace rds_csi
