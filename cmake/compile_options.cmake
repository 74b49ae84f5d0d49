# SPDX-License-Identifier: Apache-2.0
# Warnings, hardening and sanitizers. `rds_csi_options` is linked by every target of ours and by
# nothing that is generated.
add_library(rds_csi_options INTERFACE)
target_include_directories(rds_csi_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(rds_csi_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror)
# GCC 12 takes the strings of a temporary aggregate for uninitialized; clang and the sanitizers watch
# over the real ones.
target_compile_options(rds_csi_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
  -ftrivial-auto-var-init=zero -fPIE)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)

if(RDS_CSI_SANITIZE)
  add_compile_options(-fsanitize=${RDS_CSI_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${RDS_CSI_SANITIZE})
else()
  add_compile_options($<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>)
endif()
