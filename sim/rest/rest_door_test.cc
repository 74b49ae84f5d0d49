// SPDX-License-Identifier: Apache-2.0
// REST over a real TLS socket.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "sim/testing/simulator_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

class RestDoorTest : public SimulatorFixture {
 protected:
  Json Body(const RestAnswer& answer) { return Json::parse(answer.body, nullptr, false); }
  std::string DetailOf(const RestAnswer& answer) { return Body(answer).value("detail", ""); }
  std::string IdOf(const std::string& slot) {
    return Body(Rest("GET", "/rest/disk?slot=" + slot)).at(0).at(".id");
  }
};

TEST_F(RestDoorTest, PutAnswersWithTheWholeRow) {
  const RestAnswer answer = Rest(
      "PUT", "/rest/disk",
      R"({"type":"file","slot":"a","file-path":"/storage-pool/v/a.img","file-size":1073741824})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(Body(answer)["size"], "1073741824");
  EXPECT_EQ(Body(answer)["nvme-tcp-export"], "false");
  EXPECT_EQ(Body(answer)[".id"], "*2");
}

TEST_F(RestDoorTest, PatchAnswersWithTheChangedRow) {
  AddDisk("a");
  const RestAnswer answer =
      Rest("PATCH", "/rest/disk/" + IdOf("a"), R"({"nvme-tcp-export":"yes","comment":"x"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Body(answer)["nvme-tcp-export"], "true");
  EXPECT_EQ(Body(answer)["comment"], "x");
}

TEST_F(RestDoorTest, DeleteAnswersWithNothing) {
  AddDisk("a");
  const RestAnswer answer = Rest("DELETE", "/rest/disk/" + IdOf("a"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

TEST_F(RestDoorTest, ARowThatIsNotThereIsNotFound) {
  for (const char* method : {"GET", "PATCH", "DELETE"}) {
    const RestAnswer answer = Rest(method, "/rest/disk/*99");
    EXPECT_EQ(answer.status, 404) << method;
    EXPECT_EQ(answer.body, R"({"error":404,"message":"Not Found"})") << method;
  }
}

TEST_F(RestDoorTest, GetTakesFiltersAndAProplist) {
  AddDisk("a");
  AddDisk("b");
  EXPECT_EQ(Rest("GET", "/rest/disk?slot=a&.proplist=slot,size").body,
            R"([{"size":"1073741824","slot":"a"}])");
  EXPECT_EQ(Rest("GET", "/rest/disk?slot=nobody").body, "[]");
}

TEST_F(RestDoorTest, PrintTakesQueryWords) {
  AddDisk("a");
  AddDisk("b");
  const RestAnswer answer = Rest(
      "POST", "/rest/disk/print",
      R"({".proplist":["slot"],".query":["slot=a","slot=x","#|","mount-point=storage-pool","#|"]})");
  EXPECT_EQ(answer.body, R"([{"slot":"storage-pool"},{"slot":"a"}])");
}

TEST_F(RestDoorTest, PostRunsAnyCommand) {
  const RestAnswer added =
      Rest("POST", "/rest/disk/add",
           R"({"type":"file","slot":"a","file-path":"/storage-pool/v/a.img","file-size":"1G"})");
  EXPECT_EQ(added.body, R"({"ret":"*2"})");
  EXPECT_EQ(Rest("POST", "/rest/disk/set", R"({"numbers":"a","comment":"x"})").body, "[]");
  EXPECT_EQ(Rest("POST", "/rest/disk/set", R"({".id":"*2","comment":"y"})").body, "[]");
  EXPECT_EQ(Rest("POST", "/rest/disk/get", R"({"number":"a","value-name":"comment"})").body,
            R"({"ret":"y"})");
  EXPECT_EQ(Rest("POST", "/rest/disk/print", R"({"count-only":""})").body, R"({"ret":"2"})");
  EXPECT_EQ(Rest("POST", "/rest/disk/remove", R"({"numbers":"a"})").body, "[]");
  EXPECT_EQ(DetailOf(Rest("POST", "/rest/disk/remove", R"({"numbers":"a"})")), "no such item");
}

TEST_F(RestDoorTest, FilesAreMadeFoundAndRemoved) {
  AddDisk("a");
  EXPECT_EQ(Rest("PUT", "/rest/file", R"({"name":"storage-pool/d","type":"directory"})").status,
            201);
  const RestAnswer found =
      Rest("POST", "/rest/file/print", R"({".query":["name=storage-pool/v/a.img"]})");
  EXPECT_EQ(Body(found).at(0).at("size"), "1073741824");
  const std::string id = Body(found).at(0).at(".id");
  EXPECT_EQ(Rest("DELETE", "/rest/file/" + id).status, 204);
  EXPECT_EQ(Rest("POST", "/rest/file/remove", R"({"numbers":"storage-pool/d"})").status, 200);
}

TEST_F(RestDoorTest, TheSystemIsOneObject) {
  const Json resource = Body(Rest("GET", "/rest/system/resource"));
  EXPECT_EQ(resource["version"], "7.24.5 (stable)");
  EXPECT_EQ(resource["board-name"], "RDS2216");
  EXPECT_EQ(Body(Rest("GET", "/rest/system/identity"))["name"], "MikroTik");
}

TEST_F(RestDoorTest, BtrfsMenusAreThere) {
  EXPECT_EQ(Rest("PUT", "/rest/disk/btrfs/subvolume", R"({"fs":"storage-pool","name":"s"})").status,
            201);
  EXPECT_EQ(Body(Rest("GET", "/rest/disk/btrfs/subvolume")).at(0).at("name"), "s");
  EXPECT_EQ(Body(Rest("GET", "/rest/disk/btrfs/filesystem")).at(0).at("label"), "storage-pool");
}

TEST_F(RestDoorTest, ExecuteRunsAConsoleLine) {
  const RestAnswer answer =
      Rest("POST", "/rest/execute", R"({"script":":put hello","as-string":""})");
  EXPECT_EQ(answer.body, R"({"ret":"hello\r\n"})");
}

TEST_F(RestDoorTest, ErrorsAreWordedAsRouterOsDoes) {
  AddDisk("a");
  EXPECT_EQ(Rest("POST", "/rest/disk/add", R"({"type":"file","bogus":"1"})").body,
            R"({"error":400,"message":"Bad Request","detail":"unknown parameter bogus"})");
  EXPECT_THAT(DetailOf(Rest("GET", "/rest/disks")), HasSubstr("no such command or directory"));
  EXPECT_THAT(DetailOf(Rest("POST", "/rest/disk/explode", "{}")),
              HasSubstr("no such command or directory (explode)"));
  EXPECT_EQ(Rest("POST", "/rest/disk/add", "{not json").status, 400);
  EXPECT_EQ(Rest("POST", "/rest/disk/print", R"({".query":["#|"]})").status, 400);
  EXPECT_EQ(Rest("GET", "/").status, 400);
  EXPECT_EQ(Rest("GET", "/rest").status, 400);
  EXPECT_EQ(Rest("DELETE", "/rest/disk").status, 400);
}

TEST_F(RestDoorTest, AWrongLoginIsRejectedAndCounted) {
  EXPECT_EQ(RestAs("csi", "wrong").status, 401);
  EXPECT_EQ(RestAs("nobody", sim_->credentials().password).status, 401);
  EXPECT_THAT(Control(R"({"do":"counters"})"), HasSubstr(R"("rejected_logins":{"rest":2})"));
}

TEST_F(RestDoorTest, AUserWithoutWritePolicyReadsOnly) {
  Control(R"({"do":"user","write":false})");
  const RestAnswer answer = Rest("POST", "/rest/disk/remove", R"({"numbers":"a"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(DetailOf(answer), "std failure: not allowed (9)");
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 200);
}

TEST_F(RestDoorTest, ALongCommandIsGivenUpAndGoesOn) {
  Control(R"({"do":"assume","switch":"rest-cap-ms","value":"50"})");
  Control(R"({"do":"fault","action":"delay","match":"/disk/add","ms":300})");
  const RestAnswer answer =
      Rest("PUT", "/rest/disk",
           R"({"type":"file","slot":"a","file-path":"/storage-pool/v/a.img","file-size":"1G"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(DetailOf(answer), "Session closed");
  std::string rows;
  for (int i = 0; i < 200 && rows.find("\"a\"") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    rows = Rest("GET", "/rest/disk?.proplist=slot").body;
  }
  EXPECT_THAT(rows, HasSubstr("\"a\""));
}

TEST_F(RestDoorTest, DropsComeBeforeOrAfterTheEffect) {
  Control(R"({"do":"fault","action":"drop-before","match":"/disk/add"})");
  const std::string body =
      R"({"type":"file","slot":"a","file-path":"/storage-pool/v/a.img","file-size":"1G"})";
  EXPECT_FALSE(Rest("PUT", "/rest/disk", body).reached);
  EXPECT_EQ(Rest("GET", "/rest/disk?slot=a").body, "[]");
  Control(R"({"do":"fault","action":"drop-after","match":"slot=a"})");
  EXPECT_FALSE(Rest("PUT", "/rest/disk", body).reached);
  EXPECT_NE(Rest("GET", "/rest/disk?slot=a").body, "[]");
}

TEST_F(RestDoorTest, GarbageIsSentAsItIs) {
  Control(R"({"do":"fault","action":"garbage","text":"<html>hello</html>"})");
  EXPECT_EQ(Rest("GET", "/rest/disk").body, "<html>hello</html>");
}

TEST_F(RestDoorTest, TheCertificateIsFromTheCaAndOnlyFromIt) {
  EXPECT_TRUE(Rest("GET", "/rest/disk").reached);
  flags_.credentials_dir = dir_.path() + "/other";
  flags_.state_dir = dir_.path() + "/other-state";
  flags_.control = dir_.path() + "/other-control";
  auto other = Simulator::Start(*CheckFlags(flags_));
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(Rest("GET", "/rest/disk").reached);  // our server, the other one's CA
}

}  // namespace
}  // namespace rds_csi::sim
