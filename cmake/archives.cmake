# SPDX-License-Identifier: Apache-2.0

# use_archives(TARGET...): links the archives of these imported libraries, and of all they need, where
# there is one beside the shared library. docs/decisions/0010-what-the-plugins-are-linked-with.md says why.
function(use_archives)
  foreach(target IN LISTS ARGN)
    get_property(seen GLOBAL PROPERTY rds_csi_archives)
    if(NOT TARGET ${target} OR target IN_LIST seen)
      continue()
    endif()
    set_property(GLOBAL APPEND PROPERTY rds_csi_archives ${target})
    foreach(location IMPORTED_LOCATION IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE)
      get_target_property(library ${target} ${location})
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${library}")
      if(EXISTS "${archive}")
        set_target_properties(${target} PROPERTIES ${location} "${archive}")
      endif()
    endforeach()
    get_target_property(needed ${target} INTERFACE_LINK_LIBRARIES)
    use_archives(${needed})
  endforeach()
endfunction()
