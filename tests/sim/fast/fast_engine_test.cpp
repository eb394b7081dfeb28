// SPDX-License-Identifier: Apache-2.0
//
// The times of beats against the cycle loop where no network is lowered to such kernels. What
// networks are lowered to, tests/sim/random_networks_test.cpp compares.
#include "sim/fast/fast_engine.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "models/mvu.h"
#include "models/reorder_buffer.h"
#include "models/timed_kernel.h"
#include "models/weight_memory.h"
#include "sim/engine.h"
#include "tests/models/draw.h"
#include "tests/models/mvu_cases.h"
#include "tests/models/pad_cases.h"
#include "tests/models/pool_cases.h"
#include "tests/models/sliding_window_cases.h"
#include "tests/models/upsample_cases.h"
#include "tests/models/width_converter_cases.h"

namespace qnnsim::test {
namespace {

void expect_same_counts(const RunCounts& a, const RunCounts& b) {
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.first_accepted, b.first_accepted);
  EXPECT_EQ(a.first_output, b.first_output);
  EXPECT_EQ(a.frame_ends, b.frame_ends);
  ASSERT_EQ(a.standstill.has_value(), b.standstill.has_value());
  const Standstill at_end_of_a = a.standstill.value_or(Standstill{});
  const Standstill at_end_of_b = b.standstill.value_or(Standstill{});
  EXPECT_EQ(at_end_of_a.cycle, at_end_of_b.cycle);
  ASSERT_EQ(at_end_of_a.fifos.size(), at_end_of_b.fifos.size());
  for (std::size_t i = 0; i < at_end_of_a.fifos.size(); ++i) {
    const StuckFifo& x = at_end_of_a.fifos[i];
    const StuckFifo& y = at_end_of_b.fifos[i];
    EXPECT_EQ(x.since, y.since) << "edge " << i;
    EXPECT_EQ(x.writer_waits, y.writer_waits) << "edge " << i;
    EXPECT_EQ(x.reader_waits, y.reader_waits) << "edge " << i;
  }
  ASSERT_EQ(a.kernels.size(), b.kernels.size());
  for (std::size_t i = 0; i < a.kernels.size(); ++i) {
    EXPECT_EQ(a.kernels[i].busy, b.kernels[i].busy) << "node " << i;
    EXPECT_EQ(a.kernels[i].starved, b.kernels[i].starved) << "node " << i;
    EXPECT_EQ(a.kernels[i].blocked, b.kernels[i].blocked) << "node " << i;
  }
  ASSERT_EQ(a.fifos.size(), b.fifos.size());
  for (std::size_t i = 0; i < a.fifos.size(); ++i) {
    EXPECT_EQ(a.fifos[i].beats_in, b.fifos[i].beats_in) << "edge " << i;
    EXPECT_EQ(a.fifos[i].beats_out, b.fifos[i].beats_out) << "edge " << i;
    const FifoStatistics& x = a.fifos[i].statistics;
    const FifoStatistics& y = b.fifos[i].statistics;
    EXPECT_EQ(x.max_occupancy, y.max_occupancy) << "edge " << i;
    EXPECT_EQ(x.occupancy_cycles, y.occupancy_cycles) << "edge " << i;
    EXPECT_EQ(x.full_cycles, y.full_cycles) << "edge " << i;
    EXPECT_EQ(x.histogram, y.histogram) << "edge " << i;
  }
}

/// A kernel with one output, and where its inputs come from.
struct Node {
  std::unique_ptr<Kernel> kernel;
  std::vector<int> from = {};
};

Dataflow connected(std::vector<Node> nodes, std::uint64_t frames, Draw& draw) {
  Dataflow dataflow;
  dataflow.frames = frames;
  dataflow.sink_node = nodes.size() - 1;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string name = "n" + std::to_string(i);
    dataflow.nodes.push_back({name, name, "any", std::move(nodes[i].kernel)});
    for (std::size_t port = 0; port < nodes[i].from.size(); ++port) {
      const int from = nodes[i].from[port];
      dataflow.edges.push_back({dataflow.nodes[from].name + "->" + name, from, 0,
                                static_cast<int>(i), static_cast<int>(port),
                                std::uint64_t(draw.between(1, 5))});
    }
  }
  return dataflow;
}

/// Runs the dataflow that `draw_dataflow` makes of equal draws with both. Returns how that ended.
template <typename DrawDataflow>
RunStatus expect_both_count_the_same(std::uint64_t seed, DrawDataflow draw_dataflow) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const auto make = [&] {
    Draw draw(seed);
    return draw_dataflow(draw);
  };
  SimulationOptions options;
  options.occupancy_histogram = true;
  Simulation simulation(make(), options);
  run_cycles(simulation);
  const Dataflow dataflow = make();
  FastOptions fast;
  fast.occupancy_histogram = true;
  const RunCounts expected = counts_of(simulation);
  expect_same_counts(run_fast(stream_graph(dataflow).value(), fast), expected);
  return expected.status;
}

Dataflow reordered(Draw& draw) {
  std::vector<Node> nodes;
  ReorderBufferParams first =
      ReorderBufferParams::transposition(draw.between(1, 9), draw.between(1, 9));
  const int blocks = draw.between(1, 3);
  first.beats *= blocks;
  ReorderBufferParams second =
      ReorderBufferParams::repetition(draw.divisor(first.block), draw.between(1, 4));
  second.beats = first.beats;
  const std::uint64_t frames = draw.between(1, 12);
  nodes.push_back(
      {std::make_unique<Source>(Port{1, first.type, first.beats}, frames, draw.pressure())});
  nodes.push_back({std::make_unique<ReorderBuffer>(first), {0}});
  nodes.push_back({std::make_unique<ReorderBuffer>(second), {1}});
  nodes.push_back(
      {std::make_unique<Sink>(nodes.back().kernel->outputs()[0], frames, draw.pressure()), {2}});
  return connected(std::move(nodes), frames, draw);
}

TEST(FastEngine, CountsReorderedBeatsAsTheCycleLoopDoes) {
  for (int seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    EXPECT_EQ(expect_both_count_the_same(seed, reordered), RunStatus::kDone);
  }
}

/// Weights from a memory, repeated for every vector of a tile; results back in the order of the
/// vectors.
Dataflow tiled_matrix(const MvuParams& p, std::uint64_t frames, const Pressure& source,
                      const Pressure& sink, Draw& draw) {
  WeightMemoryParams memory;
  memory.lanes = p.pe * p.simd;
  memory.tiles = p.tiles();
  memory.beats = std::max<std::uint64_t>(p.vectors / p.tile, 1) * memory.tiles;
  ReorderBufferParams rows = ReorderBufferParams::repetition(p.folds_in(), p.tile);
  rows.lanes = memory.lanes;
  rows.beats = memory.beats;
  ReorderBufferParams columns = ReorderBufferParams::transposition(p.folds_out(), p.tile);
  columns.lanes = p.pe;
  columns.beats = p.vectors * p.folds_out();
  auto mvu = std::make_unique<Mvu>(p);
  auto transpose = std::make_unique<ReorderBuffer>(columns);
  const Port in = mvu->inputs()[0];
  const Port out = transpose->outputs()[0];

  std::vector<Node> nodes;
  nodes.push_back({std::make_unique<Source>(in, frames, source)});
  nodes.push_back({std::make_unique<WeightMemory>(memory)});
  nodes.push_back({std::make_unique<ReorderBuffer>(rows), {1}});
  nodes.push_back({std::move(mvu), {0, 2}});
  nodes.push_back({std::move(transpose), {3}});
  nodes.push_back({std::make_unique<Sink>(out, frames, sink), {4}});
  return connected(std::move(nodes), frames, draw);
}

/// A tile is part of a frame, or some frames.
Dataflow any_tiled_matrix(Draw& draw) {
  MvuParams p;
  p.pe = draw.between(1, 3);
  p.rows = p.pe * draw.between(1, 4);
  p.simd = draw.between(1, 3);
  p.columns = p.simd * draw.between(1, 4);
  p.tile = draw.between(1, 6);
  p.vectors = draw.one_in(2) ? p.tile * draw.between(1, 3) : draw.divisor(p.tile);
  p.weight_stream = true;
  const std::uint64_t whole = std::max<std::uint64_t>(p.tile / p.vectors, 1);
  const std::uint64_t frames = whole * draw.between(1, 12);
  const Pressure source = draw.pressure();
  return tiled_matrix(p, frames, source, draw.pressure(), draw);
}

TEST(FastEngine, CountsTiledMatricesAsTheCycleLoopDoes) {
  for (int seed = 1; seed <= 400 && !HasFailure(); ++seed) {
    EXPECT_EQ(expect_both_count_the_same(seed, any_tiled_matrix), RunStatus::kDone);
  }
}

TEST(FastEngine, TellsWholeTilesFromOneThatStaysIncomplete) {
  for (std::uint64_t frames : {1, 2, 3, 58, 59, 60, 61}) {
    const auto three_frames_a_tile = [&](Draw& draw) {
      MvuParams p;
      p.rows = p.columns = 4;
      p.tile = 3;
      p.weight_stream = true;
      return tiled_matrix(p, frames, {}, Pressure::every(2), draw);
    };
    EXPECT_EQ(expect_both_count_the_same(frames, three_frames_a_tile),
              frames % 3 == 0 ? RunStatus::kDone : RunStatus::kDeadlock);
  }
}

/// Some timing that times of beats can follow and `kernel` can have.
KernelTiming any_timing(const Kernel& kernel, Draw& draw) {
  const Schedule schedule = kernel.schedule().value();
  const bool by_issue = schedule.busy == BusyRule::kIssue;
  KernelTiming timing = timing_of(schedule);
  timing.latency = draw.between(1, 9);
  timing.queue = draw.between(1, 12);
  timing.room_after = draw.between(0, 1);
  if (by_issue && draw.one_in(2)) timing.frame_gap = draw.between(0, 9);
  timing.frames_overlap = !draw.one_in(3);
  if (by_issue && draw.one_in(3)) timing.capacity = 0;
  if (timing.capacity == 0 && draw.one_in(2)) return timing;
  const std::uint64_t beats_a_result = kernel.inputs()[0].beats / kernel.outputs()[0].beats;
  timing.capacity = 2 * std::max(schedule.beats, static_cast<std::int64_t>(beats_a_result) + 1) +
                    draw.between(0, 5);
  timing.release = draw.between(0, 3);
  timing.intake = draw.between(timing.release == 0 ? 1 : 0, 3);
  timing.hold = draw.one_in(3) ? Hold::kOutput : Hold::kIssue;
  return timing;
}

Dataflow any_timed_kernel(Draw& draw) {
  using Cases = KernelCase (*)(Draw&);
  const KernelCase c =
      draw.pick<Cases>({all_rows_at_once, rows_in_turn, any_border, whole_windows,
                        position_by_position, standard, strided, any_scale, any_ratio})(draw);
  std::unique_ptr<Kernel> kernel = c.make();
  KernelTiming timing = any_timing(*kernel, draw);
  timing.frames_overlap = timing.frames_overlap || kernel->block() == "pad";
  auto timed = std::make_unique<TimedKernel>(std::move(kernel), timing);
  const Port in = timed->inputs()[0];
  const Port out = timed->outputs()[0];
  const std::uint64_t frames = draw.between(1, 12);
  const auto pressure = [&] { return draw.one_in(2) ? Pressure() : draw.pressure(); };
  std::vector<Node> nodes;
  nodes.push_back({std::make_unique<Source>(in, frames, pressure())});
  nodes.push_back({std::move(timed), {0}});
  nodes.push_back({std::make_unique<Sink>(out, frames, pressure()), {1}});
  return connected(std::move(nodes), frames, draw);
}

TEST(FastEngine, CountsKernelsOfAnyTimingAsTheCycleLoopDoes) {
  for (int seed = 1; seed <= 3000 && !HasFailure(); ++seed) {
    EXPECT_EQ(expect_both_count_the_same(seed, any_timed_kernel), RunStatus::kDone);
  }
}

}  // namespace
}  // namespace qnnsim::test
