# SPDX-License-Identifier: Apache-2.0
# How the libraries are built that scripts/setup makes from the sources of their Debian packages: as
# archives, for programs that take of them what they use. An initial cache (cmake -C), as are those of
# the single libraries beside it, which say what each does without.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(CMAKE_POSITION_INDEPENDENT_CODE ON CACHE BOOL "")
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS
    "-ffunction-sections -fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2" CACHE STRING "")
endforeach()

function(turn value)
  foreach(option IN LISTS ARGN)
    set(${option} ${value} CACHE BOOL "")
  endforeach()
endfunction()
turn(OFF BUILD_SHARED_LIBS BUILD_TESTING)
