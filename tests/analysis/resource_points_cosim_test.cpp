// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

int exit_code(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string check(const std::string& more) {
  return QNNSIM_SOURCE_DIR "/scripts/measure_resources --check --build " QNNSIM_BINARY_DIR + more;
}

/// The committed measurements are what Yosys makes of the RTL as it is now.
TEST(ResourcePoints, ASpotCheckFindsTheCommittedCounts) {
  if (exit_code("yosys -V && python3 --version") != 0) GTEST_SKIP() << "no Yosys or no Python";
  EXPECT_EQ(exit_code(check(" --family xc7 --block fork --block pad --block fifo_srl")), 0);
}

TEST(ResourcePoints, NothingToCompareIsNoSuccess) {
  if (exit_code("python3 --version") != 0) GTEST_SKIP() << "no Python";
  EXPECT_EQ(exit_code(check(" --block nonsense")), 1);
}

}  // namespace
