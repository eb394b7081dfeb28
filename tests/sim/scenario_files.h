// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sim/engine.h"
#include "sim/lowering.h"
#include "sim/result_json.h"
#include "sim/run.h"
#include "sim/scenario.h"

namespace qnnsim::test {

/// Loads a scenario that must be right.
inline Scenario load(const std::string& path, const std::vector<std::string>& settings = {}) {
  Findings findings;
  Scenario scenario = load_scenario(path, settings, findings);
  if (!findings.empty()) throw InputError(findings);
  return scenario;
}

/// Lowers a scenario that must be right.
inline PreparedRun prepare(const Scenario& scenario) {
  Findings findings;
  PreparedRun prepared = qnnsim::prepare(scenario, findings);
  if (!findings.empty()) throw InputError(findings);
  return prepared;
}

inline Result run(const Scenario& scenario, Engine engine = Engine::kFast) {
  RunOptions options;
  options.engine = engine;
  return execute(scenario, prepare(scenario), options);
}

/// Every kernel's and every FIFO's counts are the same.
inline void expect_same_counts(const Result& a, const Result& b) {
  EXPECT_EQ(a.total_cycles, b.total_cycles);
  EXPECT_EQ(a.first_output, b.first_output);
  EXPECT_EQ(a.frame_ends, b.frame_ends);
  ASSERT_EQ(a.kernels.size(), b.kernels.size());
  for (std::size_t i = 0; i < a.kernels.size(); ++i) {
    const KernelResult& x = a.kernels[i];
    const KernelResult& y = b.kernels[i];
    EXPECT_EQ(x.cycles.busy, y.cycles.busy) << x.name;
    EXPECT_EQ(x.cycles.starved, y.cycles.starved) << x.name;
    EXPECT_EQ(x.cycles.blocked, y.cycles.blocked) << x.name;
    EXPECT_EQ(x.cycles.total(), a.total_cycles) << x.name;
    EXPECT_EQ(x.beats_in, y.beats_in) << x.name;
    EXPECT_EQ(x.beats_out, y.beats_out) << x.name;
  }
  ASSERT_EQ(a.fifos.size(), b.fifos.size());
  for (std::size_t i = 0; i < a.fifos.size(); ++i) {
    EXPECT_EQ(a.fifos[i].max_occupancy, b.fifos[i].max_occupancy) << a.fifos[i].name;
    EXPECT_EQ(a.fifos[i].mean_occupancy, b.fifos[i].mean_occupancy) << a.fifos[i].name;
    EXPECT_EQ(a.fifos[i].full_cycles, b.fifos[i].full_cycles) << a.fifos[i].name;
    EXPECT_EQ(a.fifos[i].histogram, b.fifos[i].histogram) << a.fifos[i].name;
  }
  EXPECT_EQ(to_json(a)["memory"], to_json(b)["memory"]);
}

}  // namespace qnnsim::test
