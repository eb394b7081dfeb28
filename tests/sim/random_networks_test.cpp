// SPDX-License-Identifier: Apache-2.0
//
// Random networks with branches, random foldings, FIFO depths and stalls: the streamed values equal
// the reference computation, beats without values take the same cycles, and the order of evaluation
// is without effect.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

/// The remedy of a deadlock lets the design flow, and one beat less does not.
void expect_least_remedy(const std::filesystem::path& file, const Deadlock& deadlock) {
  EXPECT_FALSE(deadlock.cycle_of_waits.empty());
  ASSERT_FALSE(deadlock.remedy.empty());
  const auto status_with = [&](std::uint64_t less) {
    Scenario scenario = load(file, {"data=none"});
    for (const DepthChange& change : deadlock.remedy) {
      scenario.edges.push_back({change.edge, change.to - less, {}});
    }
    return run(scenario).status;
  };
  EXPECT_EQ(status_with(0), RunStatus::kDone);
  EXPECT_EQ(status_with(1), RunStatus::kDeadlock);
}

/// Returns how the run ended.
RunStatus expect_values_and_cycles(const std::filesystem::path& file) {
  const Result with_values = run(load(file));
  const Scenario beats_only = load(file, {"data=none"});
  expect_same_counts(with_values, run(beats_only));
  Simulation reverse(prepare(beats_only).dataflow, {});
  run_cycles(reverse, ProcessOrder::kReverse);
  EXPECT_EQ(reverse.dataflow().sink().frame_ends(), with_values.frame_ends);
  if (with_values.status == RunStatus::kDeadlock) {
    expect_least_remedy(file, *with_values.deadlock);
  } else {
    EXPECT_EQ(with_values.status, RunStatus::kDone);
    EXPECT_TRUE(with_values.outputs->matches) << with_values.outputs->mismatch;
  }
  return with_values.status;
}

class RandomNetworks : public testing::TestWithParam<int> {};

TEST_P(RandomNetworks, StreamTheValuesOfTheReference) {
  constexpr int kCasesPerTest = 100;
  const TemporaryDirectory directory;
  int deadlocks = 0;
  for (int i = 0; i < kCasesPerTest && !HasFailure(); ++i) {
    const std::uint64_t seed = std::uint64_t(GetParam()) * 1000 + i;
    RandomDesign design(seed);
    const std::string scenario = design.scenario("network.yaml");
    write_file(directory / "network.yaml", design.network());
    write_file(directory / "scenario.yaml", scenario);
    SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", seed, design.network(), scenario));
    deadlocks += expect_values_and_cycles(directory / "scenario.yaml") == RunStatus::kDeadlock;
  }
  // Both sorts of end must occur, or half of this test tests nothing.
  EXPECT_GT(deadlocks, 0);
  EXPECT_LT(deadlocks, kCasesPerTest / 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range(1, 9));

}  // namespace
}  // namespace qnnsim::test
