# SPDX-License-Identifier: Apache-2.0
# Every library that the project uses, each from Debian: docs/decisions/0001-libraries.md says why,
# docs/decisions/0010-what-the-plugins-are-linked-with.md in which form.
# What ships takes the libraries that scripts/setup built (cmake/libraries), the rest from the archives
# of Debian's packages. Sanitizers take all as shared libraries: these are not instrumented, and
# ThreadSanitizer tells them from ours by that.
if(NOT RDS_CSI_SANITIZE)
  list(PREPEND CMAKE_PREFIX_PATH ${PROJECT_SOURCE_DIR}/build/libraries)
endif()
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(libssh CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
find_library(BLKID libblkid.a REQUIRED) # of rds-csi-io alone, which has no shared library at all

if(NOT RDS_CSI_SANITIZE)
  include(cmake/archives.cmake)
  use_archives(gRPC::grpc++_unsecure yaml-cpp)
endif()
