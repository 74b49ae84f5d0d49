# SPDX-License-Identifier: Apache-2.0
# Counting and the text format; what serves it is ours (docs/decisions/0007).
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
turn(OFF ENABLE_COMPRESSION ENABLE_PULL ENABLE_PUSH ENABLE_TESTING)
