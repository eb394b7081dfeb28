// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_properties.h"

namespace qnnsim::test {

void PrintTo(const KernelCases& cases, std::ostream* out) { *out << cases.name; }

TEST_P(Kernels, GiveTheValuesOfTheReference) {
  for_every_case([](const KernelCase& c, Draw&) { expect_values(c, drive(c, {})); });
}

TEST_P(Kernels, TakeAndEmitAsManyBeatsAsTheyDeclare) {
  for_every_case([](const KernelCase& c, Draw&) {
    const auto kernel = c.make();
    const Trace trace = drive(c, {});
    for (std::size_t i = 0; i < c.inputs.size(); ++i) {
      const Port& port = kernel->inputs()[i];
      EXPECT_EQ(trace.taken[i].size(), c.frames * port.beats) << "input " << i;
      EXPECT_EQ(c.inputs[i].size(), c.frames * port.beats * port.lanes) << "input " << i;
    }
    for (std::size_t i = 0; i < c.outputs.size(); ++i) {
      const Port& port = kernel->outputs()[i];
      EXPECT_EQ(trace.arrived[i].size(), c.frames * port.beats) << "output " << i;
      if (c.runs_ahead) {
        EXPECT_GE(trace.emitted[i].size(), c.frames * port.beats) << "output " << i;
      } else {
        EXPECT_EQ(trace.emitted[i].size(), c.frames * port.beats) << "output " << i;
      }
    }
  });
}

TEST_P(Kernels, KeepTheIntervalOfTheirClosedFormInFreeFlow) {
  for_every_case([](const KernelCase& c, Draw&) {
    const auto kernel = c.make();
    EXPECT_EQ(kernel->frame_interval(), c.interval);
    const std::uint64_t beats = kernel->outputs().front().beats;
    const std::vector<Cycle> emitted = drive(c, {}).emitted.front();
    ASSERT_LT(c.settled + 1, c.frames);
    ASSERT_GE(emitted.size(), c.frames * beats);
    for (std::uint64_t frame = c.settled + 1; frame < c.frames; ++frame) {
      EXPECT_EQ(emitted[(frame + 1) * beats - 1] - emitted[frame * beats - 1], c.interval)
          << "between the last beats of frames " << frame - 1 << " and " << frame;
    }
  });
}

TEST_P(Kernels, EmitTheFirstBeatExactlyAtTheirLatency) {
  for_every_case([](const KernelCase& c, Draw&) {
    const Trace trace = drive(c, {});
    for (const std::vector<Cycle>& emitted : trace.emitted) {
      ASSERT_FALSE(emitted.empty());
      EXPECT_EQ(emitted.front(), c.first_output());
    }
  });
}

TEST_P(Kernels, EmitABeatOnceTheyHaveWhatItNeedsAndNotOneBeatEarlier) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    if (c.inputs.empty()) return;
    const std::vector<std::uint64_t>& needs = c.needs.front();
    const std::uint64_t needed = draw.pick(needs);
    for (std::uint64_t beats : {needed, needed - 1}) {
      if (needed == 0) continue;
      const auto possible = std::upper_bound(needs.begin(), needs.end(), beats) - needs.begin();
      Conditions conditions;
      conditions.beats = beats;
      conditions.output_depth = needs.size();
      for (const std::vector<Cycle>& emitted : drive(c, conditions).emitted) {
        EXPECT_EQ(std::min(emitted.size(), needs.size()), std::size_t(possible))
            << "after " << beats << " beats";
      }
    }
  });
}

TEST_P(Kernels, TakeAndEmitBeatsInTheCyclesOfTheBruteForceSchedule) {
  for_every_case([](const KernelCase& c, Draw&) {
    if (c.issues.empty()) return;
    const BruteForceSchedule schedule(c, c.frames * c.make()->inputs().front().beats);
    const Trace trace = drive(c, {});
    EXPECT_EQ(first_difference(trace.taken.front(), schedule.taken), "") << "cycles of input beats";
    EXPECT_EQ(first_difference(trace.emitted.front(), schedule.emitted), "")
        << "cycles of output beats";
  });
}

TEST_P(Kernels, EmitTheSameBeatsUnderRandomStallsAndNeverTooEarly) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    const Trace trace = drive(c, draw_stalls(c, draw));
    expect_values(c, trace);
    for (std::size_t i = 0; i < c.inputs.size(); ++i) {
      ASSERT_GE(trace.taken[i].size(), c.needs[i].back());
      for (const std::vector<Cycle>& emitted : trace.emitted) {
        ASSERT_GE(emitted.size(), c.needs[i].size());
        for (std::size_t beat = 0; beat < c.needs[i].size(); ++beat) {
          const std::uint64_t needed = c.needs[i][beat];
          if (needed == 0) continue;
          ASSERT_GE(emitted[beat], trace.taken[i][needed - 1] + c.latencies[i])
              << "output beat " << beat << " left too early after beat " << needed - 1
              << " of input " << i;
        }
      }
    }
  });
}

TEST_P(Kernels, EmitBeatsInTheSameCyclesInAnyOrderOfEvaluation) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    Conditions conditions = draw_stalls(c, draw);
    const Trace forward = drive(c, conditions);
    conditions.order = Order::kReverse;
    expect_same_cycles(drive(c, conditions), forward, "reverse order");
    conditions.order = Order::kShuffled;
    expect_same_cycles(drive(c, conditions), forward, "shuffled order");
  });
}

TEST_P(Kernels, LoseNothingBySleepingWhileTheyStandStill) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    for (Conditions conditions : {Conditions{}, draw_stalls(c, draw)}) {
      const Trace awake = drive(c, conditions);
      conditions.sleeps = true;
      const Trace slept = drive(c, conditions);
      expect_same_cycles(slept, awake, "asleep where still");
      expect_values(c, slept);
    }
  });
}

TEST_P(Kernels, MoveBeatsWithoutValuesInTheSameCycles) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    Conditions conditions = draw_stalls(c, draw);
    const Trace with_data = drive(c, conditions);
    conditions.carry_data = false;
    expect_same_cycles(drive(c, conditions), with_data, "without values");
  });
}

TEST_P(Kernels, HoldAsManyBeatsAsTheirDepthSaysWhereTheOutputIsFull) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    if (c.inputs.empty()) return;
    Conditions conditions = draw_stalls(c, draw);
    conditions.sinks_take = false;
    conditions.output_depth = draw.between(1, 8);
    const Trace trace = drive(c, conditions);
    const std::vector<std::uint64_t>& needs = c.needs.front();
    const std::size_t emitted = std::min<std::size_t>(conditions.output_depth, needs.size());
    EXPECT_EQ(trace.emitted.front().size(), emitted);
    EXPECT_EQ(trace.taken.front().size(), c.taken_before(emitted)) << emitted << " beats emitted";
  });
}

}  // namespace qnnsim::test
