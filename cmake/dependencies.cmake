# SPDX-License-Identifier: Apache-2.0
# Every library that the project uses, each from Debian; docs/decisions/0001-libraries.md says why.
find_package(Threads REQUIRED)
# What ships has a curl in it that can do nothing but HTTPS (curl.cmake, built by scripts/setup).
if(RDS_CSI_SANITIZE)
  find_package(CURL REQUIRED)
else()
  find_package(CURL CONFIG REQUIRED PATHS ${PROJECT_SOURCE_DIR}/build/curl NO_DEFAULT_PATH)
endif()
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(libssh CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(BLKID REQUIRED IMPORTED_TARGET blkid)

# It has gRPC, protobuf and Abseil in it too. Sanitizers need them apart, since they are not instrumented.
if(NOT RDS_CSI_SANITIZE)
  include(cmake/archives.cmake)
  use_archives(gRPC::grpc++_unsecure)
endif()
