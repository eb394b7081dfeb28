// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_bench.h"
#include "tests/models/kraken/kraken_cases.h"

namespace qnnsim::test {
namespace {

constexpr int kCases = 300;

/// A part of the engine, or all of it.
struct Part {
  const char* name;
  KernelCase (*make)(const KrakenRun& run);
};

void PrintTo(const Part& part, std::ostream* out) { *out << part.name; }

class KrakenParts : public testing::TestWithParam<Part> {
 protected:
  template <typename Check>
  void for_every_case(Check check) {
    for (int seed = 1; seed <= kCases && !HasFailure(); ++seed) {
      Draw draw(static_cast<std::uint64_t>(seed));
      const KernelCase c = GetParam().make(draw_kraken(draw));
      SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.parameters);
      check(c, draw);
    }
  }
};

TEST_P(KrakenParts, GiveTheValuesOfTheReferenceUnderAnyStalls) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    expect_all_beats(c, drive(c, {}));
    expect_all_beats(c, drive(c, draw_stalls(c, draw)));
  });
}

TEST_P(KrakenParts, MoveInTheSameCyclesInAnyOrderAsleepAndWithoutValues) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    expect_one_schedule(c, {});
    expect_one_schedule(c, draw_stalls(c, draw));
  });
}

TEST_P(KrakenParts, ComeToRestWhereTheOutputIsFull) {
  for_every_case([](const KernelCase& c, Draw& draw) {
    Conditions conditions;
    conditions.sinks_take = false;
    conditions.output_depth = draw.between(1, 8);
    const auto kernel = c.make();
    const Trace trace = drive(c, conditions);
    for (std::size_t i = 0; i < c.outputs.size(); ++i) {
      EXPECT_EQ(trace.emitted[i].size(),
                std::min(conditions.output_depth, c.frames * kernel->outputs()[i].beats));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Kraken, KrakenParts,
                         testing::Values(Part{"Pixels", pixels_case}, Part{"Weights", weights_case},
                                         Part{"Array", array_case}, Part{"Engine", engine_case}));

}  // namespace
}  // namespace qnnsim::test
