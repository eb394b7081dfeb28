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

std::string row_of(const Result& result, const Published& published) {
  const double measured = double(published.batch) / published.fps * published.clock_mhz * 1e6;
  const double predicted = *result.batch_cycles(published.batch);
  return fmt::format("| {} | {} | {:.1f} | {} | {:.0f} | {:.0f} | {:.1f} |", result.scenario,
                     published.batch, published.fps, published.clock_mhz, measured, predicted,
                     100 * (predicted / measured - 1));
}

TEST(PublishedFigures, StandInTheAccuracyPageAsTheyAreSimulated) {
  std::ifstream page("docs/accuracy.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| ", 0) == 0 &&
        std::filesystem::exists("scenarios/" + cells(line)[0] + ".yaml")) {
      rows.push_back(line);
    }
  }
  std::vector<std::string> expected;
  std::map<std::string, int> seen;
  for (const std::string& row : rows) {
    const std::string name = cells(row)[0];
    if (seen[name]++ > 0) continue;
    const Result result = run(load("scenarios/" + name + ".yaml"));
    for (const Published& published : result.published) {
      expected.push_back(row_of(result, published));
      std::printf("%s\n", expected.back().c_str());
    }
  }
  EXPECT_GE(rows.size(), 10u);
  EXPECT_EQ(rows, expected);
}

}  // namespace
}  // namespace qnnsim::test
