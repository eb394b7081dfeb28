// SPDX-License-Identifier: Apache-2.0
//
// docs/accuracy.md says what the simulator says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

/// The cells of a Markdown table row, trimmed.
std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> result;
  std::istringstream stream(row.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    result.push_back(cell.substr(first, cell.find_last_not_of(' ') - first + 1));
  }
  return result;
}

std::string row_of(const std::string& name, const Result& result, const Published& published) {
  const double measured = double(published.batch) / published.fps * published.clock_mhz * 1e6;
  const double predicted = *result.batch_cycles(published.batch);
  return fmt::format("| {} | {} | {:.1f} | {} | {:.0f} | {:.0f} | {:.1f} |", name, published.batch,
                     published.fps, published.clock_mhz, measured, predicted,
                     100 * (predicted / measured - 1));
}

/// "NAME" or "finn-0.10: NAME", with FINN's kernels and deep FIFOs.
Scenario scenario_of(const std::string& name) {
  const std::size_t colon = name.find(": ");
  if (colon == std::string::npos) return load("scenarios/" + name + ".yaml");
  return load(
      "scenarios/" + name.substr(colon + 2) + ".yaml",
      {"kernels=" + name.substr(0, colon), "fifos={default_depth: 4096}", "stimulus.frames=6"});
}

TEST(PublishedFigures, StandInTheAccuracyPageAsTheyAreSimulated) {
  std::ifstream page("docs/accuracy.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| ", 0) != 0) continue;
    const std::string name = cells(line)[0];
    const std::size_t colon = name.find(": ");
    const std::string file = colon == std::string::npos ? name : name.substr(colon + 2);
    if (std::filesystem::exists("scenarios/" + file + ".yaml")) rows.push_back(line);
  }
  std::vector<std::string> expected;
  std::map<std::string, int> seen;
  for (const std::string& row : rows) {
    const std::string name = cells(row)[0];
    if (seen[name]++ > 0) continue;
    const Result result = run(scenario_of(name));
    for (const Published& published : result.published) {
      expected.push_back(row_of(name, result, published));
      std::printf("%s\n", expected.back().c_str());
    }
  }
  EXPECT_GE(rows.size(), 10u);
  EXPECT_EQ(rows, expected);
}

}  // namespace
}  // namespace qnnsim::test
