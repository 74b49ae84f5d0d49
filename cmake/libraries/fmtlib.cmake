# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
turn(OFF FMT_DOC FMT_TEST)
