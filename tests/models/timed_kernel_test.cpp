// SPDX-License-Identifier: Apache-2.0
#include "models/timed_kernel.h"

#include <gtest/gtest.h>

#include <ostream>

#include "tests/models/add_cases.h"
#include "tests/models/concat_cases.h"
#include "tests/models/fork_cases.h"
#include "tests/models/global_pool_cases.h"
#include "tests/models/mvu_cases.h"
#include "tests/models/pad_cases.h"
#include "tests/models/pool_cases.h"
#include "tests/models/reorder_buffer_cases.h"
#include "tests/models/scale_bias_cases.h"
#include "tests/models/sliding_window_cases.h"
#include "tests/models/thresholding_cases.h"
#include "tests/models/top_k_cases.h"
#include "tests/models/upsample_cases.h"
#include "tests/models/vvu_cases.h"
#include "tests/models/weight_memory_cases.h"
#include "tests/models/width_converter_cases.h"

namespace qnnsim::test {
namespace {

KernelTiming own_timing(const Kernel& kernel) { return timing_of(kernel.schedule().value()); }

/// The kernels of a case under another timing.
KernelCase timed(const KernelCase& c, const KernelTiming& timing) {
  KernelCase result = c;
  result.make = [make = c.make, timing] { return std::make_unique<TimedKernel>(make(), timing); };
  return result;
}

struct Block {
  const char* name;
  KernelCase (*draw)(Draw& draw);
};

void PrintTo(const Block& block, std::ostream* out) { *out << block.name; }

class TimedKernels : public testing::TestWithParam<Block> {
 protected:
  /// Calls `check(case, draw)` for random parameters, up to the first that fails.
  template <typename Check>
  void for_every_case(int count, Check check) {
    for (int seed = 1; seed <= count && !HasFailure(); ++seed) {
      Draw draw(static_cast<std::uint64_t>(seed));
      const KernelCase c = GetParam().draw(draw);
      SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.parameters);
      check(c, draw);
    }
  }
};

TEST_P(TimedKernels, WithTheirOwnTimingDoWhatTheKernelDoes) {
  for_every_case(60, [](const KernelCase& c, Draw& draw) {
    const KernelCase own = timed(c, own_timing(*c.make()));
    expect_same_cycles(drive(own, {}), drive(c, {}), "in free flow");
    Conditions conditions = draw_stalls(c, draw);
    const Trace plain = drive(c, conditions);
    conditions.sleeps = true;
    const Trace trace = drive(own, conditions);
    expect_same_cycles(trace, plain, "under stalls");
    expect_values(c, trace);
    EXPECT_EQ(own.make()->frame_interval(), c.make()->frame_interval());
  });
}

/// Any timing that `kernel` can have.
KernelTiming any_timing(const Kernel& kernel, Draw& draw) {
  const Schedule schedule = kernel.schedule().value();
  KernelTiming timing = own_timing(kernel);
  timing.latency = draw.between(2, 9);
  timing.queue = draw.between(1, 12);
  timing.room_after = draw.between(0, 1);
  timing.start = draw.between(0, 5);
  timing.interval = draw.between(1, 3);
  timing.frame_gap = draw.between(0, 9);
  if (kernel.outputs().size() == 1) {
    timing.flow = static_cast<FlowControl>(draw.between(0, 2));
  }
  if (kernel.inputs().empty()) return timing;
  timing.frames_overlap = !draw.one_in(3);
  timing.capacity = 0;
  if (draw.one_in(3)) return timing;
  const std::uint64_t beats_a_result = kernel.inputs()[0].beats / kernel.outputs()[0].beats;
  timing.capacity = 2 * std::max(schedule.beats, static_cast<std::int64_t>(beats_a_result) + 1) +
                    draw.between(0, 5);
  timing.release = draw.between(0, 3);
  timing.intake = draw.between(timing.release == 0 ? 1 : 0, 3);
  if (draw.one_in(2)) {
    timing.fetch = draw.between(0, 1);
  } else if (schedule.capacity == 0) {
    timing.hold = Hold::kOutput;
    timing.capacity += static_cast<std::int64_t>(kernel.inputs()[0].beats);
  }
  return timing;
}

TEST_P(TimedKernels, WithAnyTimingGiveTheSameValuesAndSleepWithoutEffect) {
  for_every_case(60, [](const KernelCase& c, Draw& draw) {
    const KernelTiming timing = any_timing(*c.make(), draw);
    const KernelCase other = timed(c, timing);
    Conditions conditions = draw_stalls(c, draw);
    const Trace awake = drive(other, conditions);
    conditions.sleeps = true;
    const Trace trace = drive(other, conditions);
    expect_same_cycles(trace, awake, "asleep where still");
    conditions.order = Order::kShuffled;
    expect_same_cycles(drive(other, conditions), trace, "in another order");
    expect_values(c, trace);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Blocks, TimedKernels,
    testing::Values(Block{"Add", two_to_five_inputs}, Block{"Concat", two_to_four_inputs},
                    Block{"Fork", two_to_five_branches}, Block{"GlobalPool", any_mode},
                    Block{"MvuAllRows", all_rows_at_once}, Block{"MvuRowsInTurn", rows_in_turn},
                    Block{"MvuGroups", groups}, Block{"MvuSideBySide", vectors_side_by_side},
                    Block{"MvuWeights", streamed_weights}, Block{"MvuTiles", tiled_vectors},
                    Block{"Pad", any_border}, Block{"Pool", position_by_position},
                    Block{"PoolWindows", whole_windows}, Block{"Reorder", any_nest},
                    Block{"ScaleBias", any_folding}, Block{"SlidingWindow", standard},
                    Block{"SlidingWindowStrided", strided}, Block{"SlidingWindowDilated", dilated},
                    Block{"SlidingWindowGrouped", grouped},
                    Block{"SlidingWindowDepthwise", depthwise},
                    Block{"SlidingWindowWhole", whole_window_at_once},
                    Block{"SlidingWindowSideBySide", windows_side_by_side},
                    Block{"Thresholding", to_unsigned}, Block{"TopK", any_count},
                    Block{"Upsample", any_scale}, Block{"Vvu", own_weights},
                    Block{"VvuWeights", with_streamed_weights}, Block{"WeightMemory", any_size},
                    Block{"WidthConverter", any_ratio}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace qnnsim::test
