// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/stream_graph.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/fast/beat_times.h"
#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

Dataflow lowered(const Scenario& scenario) {
  Findings findings;
  Dataflow dataflow = lower(scenario, nullptr, findings);
  EXPECT_EQ(findings.render(), "");
  return dataflow;
}

/// The sum of the ports' beats is what the FIFOs take in with every frame but the first, in which
/// kernels that wait for nobody also work ahead.
void expect_beats_of_a_frame(const StreamGraph& graph, const std::vector<std::uint64_t>& depths) {
  BeatTimes<PlainTime> times(graph);
  times.reset(depths);
  const auto beats_in = [&] {
    std::uint64_t beats = 0;
    for (std::size_t i = 0; i < graph.edges.size(); ++i) beats += times.beats_in(i);
    return beats;
  };
  times.feed(1);
  const std::uint64_t first = beats_in();
  times.feed(1);
  ASSERT_TRUE(times.has_flown());
  EXPECT_EQ(beats_in() - first, graph.beats);
  EXPECT_GE(first, graph.beats);
}

TEST(StreamGraph, KnowsTheBeatsOfAFrameInEveryScenario) {
  int scenarios = 0;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    SCOPED_TRACE(entry.path().string());
    const Dataflow dataflow = lowered(load(entry.path()));
    // The packets of an engine have no schedule of their own.
    if (dataflow.memory != nullptr || dataflow.kraken != nullptr) continue;
    const StreamGraph graph = stream_graph(dataflow).value();
    expect_beats_of_a_frame(graph, graph.depths());
    ++scenarios;
  }
  EXPECT_GT(scenarios, 5);
}

TEST(StreamGraph, KnowsTheBeatsOfAFrameInRandomNetworks) {
  const TemporaryDirectory directory;
  for (std::uint64_t seed = 1; seed <= 100 && !HasFailure(); ++seed) {
    RandomDesign design(seed);
    write_file(directory / "network.yaml", design.network());
    write_file(directory / "scenario.yaml", design.scenario("network.yaml"));
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Dataflow dataflow = lowered(load(directory / "scenario.yaml"));
    const StreamGraph graph = stream_graph(dataflow).value();
    expect_beats_of_a_frame(graph, std::vector<std::uint64_t>(graph.edges.size(), 2000));
  }
}

}  // namespace
}  // namespace qnnsim::test
