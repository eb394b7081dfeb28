// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace qnnsim {

/// Writes `content` to a file of the running test and returns its path.
inline std::string write_temporary(const std::string& name, const std::string& content) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::string path =
      testing::TempDir() + test.test_suite_name() + "." + test.name() + "." + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace qnnsim
