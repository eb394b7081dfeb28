# What the compiler and the linker are asked for.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=mold HAVE_MOLD)
if(HAVE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Tests share one library, so that an edit relinks one file and not every test.
if(BUILD_SHARED_LIBS)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
  add_compile_options(-fno-semantic-interposition)
endif()

add_library(qnnsim_warnings INTERFACE)
target_compile_options(qnnsim_warnings INTERFACE -Wall -Wextra -Wpedantic)
