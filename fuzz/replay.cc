// SPDX-License-Identifier: Apache-2.0
// The program of a fuzz target where it is not fuzzed: gives it every seed of a folder, each as one
// test. So `make test` sees a target that no longer builds, and an input that breaks something
// again.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

// Of the target.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

class Seed : public testing::Test {
 public:
  explicit Seed(std::filesystem::path file) : file_(std::move(file)) {}

 private:
  void TestBody() override {
    std::ifstream in(file_, std::ios::binary);
    ASSERT_TRUE(in) << file_;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  }

  const std::filesystem::path file_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    const std::filesystem::path& file = entry.path();
    testing::RegisterTest("Seed", file.filename().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [file]() -> Seed* { return new Seed(file); });
  }
  return RUN_ALL_TESTS();
}
