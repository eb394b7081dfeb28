// SPDX-License-Identifier: Apache-2.0
//
// What the tools say of a generated design.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "rtl/generator/design_directory.h"
#include "rtl/generator/generate.h"
#include "sim/cosim/command.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {

inline void write_design(const std::filesystem::path& directory, const GeneratedDesign& design) {
  ASSERT_EQ(design.prediction.status, RunStatus::kDone);
  write_design_directory(directory.string(), design.files);
}

/// `make` in the directory of a design; its output where it fails.
inline CommandResult make_design(const std::filesystem::path& directory, const std::string& target,
                                 const std::string& more = "") {
  std::vector<std::string> command = {"make", "-s", "-C", directory.string(), target};
  if (!more.empty()) command.push_back(more);
  return run_command(command, directory.string());
}

/// The testbench passes under Icarus, both ends stalled in `stall` percent of the cycles.
inline void expect_pass(const std::filesystem::path& directory, int stall) {
  const CommandResult result = make_design(directory, "simulate", fmt::format("STALL={}", stall));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("PASS: "), std::string::npos) << result.output;
  EXPECT_EQ(result.output.find("FAIL"), std::string::npos) << result.output;
}

/// Yosys elaborates the design without a word.
inline void expect_elaborates(const std::filesystem::path& directory) {
  const CommandResult result = make_design(directory, "elaborate");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(result.output, "");
}

}  // namespace qnnsim::test
