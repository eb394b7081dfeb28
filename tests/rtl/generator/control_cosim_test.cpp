// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/cosim/command.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

TEST(Control, RunsFramesAndAnswersOverAxi4Lite) {
  if (find_program("iverilog").empty()) GTEST_SKIP() << "skipped: there is no iverilog";
  const std::string rtl = std::string(QNNSIM_SOURCE_DIR) + "/rtl/";
  const std::string program = temporary_path("control.vvp");
  const CommandResult compiled =
      run_command({"iverilog", "-g2012", "-DSYNTHESIS", "-s", "control_tb", "-o", program,
                   rtl + "qnn_control.sv", rtl + "qnn_counter.sv", rtl + "qnn_pass_tokens.sv",
                   std::string(QNNSIM_SOURCE_DIR) + "/tests/rtl/control_tb.sv"},
                  ".");
  ASSERT_EQ(compiled.exit_code, 0) << compiled.output;
  const CommandResult run = run_command({"vvp", "-n", program}, ".");
  EXPECT_EQ(run.output.substr(0, 5), "PASS\n") << run.output;
}

}  // namespace
}  // namespace qnnsim::test
