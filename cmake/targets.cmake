# A library whose objects are all linked: operators register themselves in static initialisers, and
# the linker would drop them from an archive. An executable names each library that it needs.
function(qnnsim_library name)
  add_library(${name} OBJECT ${ARGN})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${name} PRIVATE qnnsim_warnings)
endfunction()

# qnnsim_test(NAME LABEL unit|cosim|scenario|oracle|bad [TIMEOUT seconds] [SUITE suite]
#             [PROGRAM])
#
# NAME is <dir>/<unit>: tests/<dir>/<unit>_test.cpp becomes one executable, and each TEST in it one
# CTest test of that label, run in the source directory, in a process of its own. SUITE: it
# instantiates the tests of tests/models/<suite>.cpp. PROGRAM: the test starts the program, at
# QNNSIM_PROGRAM.
function(qnnsim_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PROGRAM" "LABEL;TIMEOUT;SUITE" "")
  if(NOT TARGET ${arg_LABEL}_tests OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "qnnsim_test(${name}): LABEL must be one of unit, cosim, scenario, oracle, "
                        "bad; unexpected arguments: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()

  string(REPLACE "/" "_" target ${name}_test)
  add_executable(${target} ${name}_test.cpp)
  target_link_libraries(${target} PRIVATE
    qnnsim_test_main qnnsim_test_kernels ${QNNSIM_UNDER_TEST} qnnsim_warnings)
  # What takes time in a test is the library; a test itself takes longer to compile than to run.
  target_compile_options(${target} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  target_compile_definitions(${target} PRIVATE QNNSIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_dependencies(${arg_LABEL}_tests ${target})
  if(arg_SUITE)
    target_link_libraries(${target} PRIVATE qnnsim_suite_${arg_SUITE})
  endif()
  if(arg_PROGRAM)
    target_compile_definitions(${target} PRIVATE QNNSIM_PROGRAM="$<TARGET_FILE:qnnsim>")
    add_dependencies(${target} qnnsim)
  endif()

  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    TEST_PREFIX ${name}:
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    PROPERTIES
      LABELS ${arg_LABEL}
      TIMEOUT ${arg_TIMEOUT}
      ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1;QNNSIM_CACHE=${PROJECT_BINARY_DIR}/cache")
endfunction()

# qnnsim_benchmark(NAME): tests/bench/NAME.cpp, with its own main.
function(qnnsim_benchmark name)
  add_executable(${name} bench/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${QNNSIM_UNDER_TEST} qnnsim_warnings benchmark::benchmark)
  target_compile_definitions(${name} PRIVATE QNNSIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()
