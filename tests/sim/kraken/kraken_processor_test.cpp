// SPDX-License-Identifier: Apache-2.0
//
// What the processor beside a Kraken engine costs: closed forms of the words that it touches.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

// 6 x 5 pixels. On 4 x 12 elements a kernel of 3 has 4 groups, so conv0 takes 2 iterations of 2
// blocks, conv1 one of 12 groups, and fc one as well.
constexpr char kNetwork[] = R"(network: costs
input: {height: 6, width: 5, channels: 3, type: INT8}
layers:
  - {name: scaled, op: scale_bias, scale: INT4, bias: INT4}
  - {name: pixels, op: activation, type: INT8, shift: 4}
  - {name: conv0, op: conv, kernel: 3, padding: 1, channels: 8, weights: INT8}
  - {name: act0, op: activation, type: INT8, shift: 8}
  - {name: conv1, op: conv, kernel: 1, channels: 8, weights: INT8}
  - {name: act1, op: threshold, type: INT8}
  - {name: sum, op: add, from: [act0, act1]}
  - {name: sum_act, op: activation, type: INT8, shift: 1}
  - {name: pool, op: max_pool, kernel: 2}
  - {name: pool_again, op: average_pool, from: sum_act, kernel: 2}
  - {name: both, op: concat, from: [pool, pool_again]}
  - {name: fc, op: dense, units: 5, weights: INT8}
  - {name: fc_act, op: activation, type: INT8, shift: 8}
  - {name: classes, op: softmax, type: UINT7}
)";

struct Costs {
  double sum = 0, bias = 0, activation = 0, add = 0, pool = 0, softmax = 0, tile = 0, other = 0;
};

class KrakenProcessorCosts : public testing::Test {
 protected:
  KrakenProcessorCosts() { write_file(directory_ / "network.yaml", kNetwork); }

  /// `batches` of `batch` frames; `processor` is the block's text.
  Result run_with(const std::string& processor, int batch = 1, int batches = 1) {
    write_file(directory_ / "scenario.yaml",
               fmt::format("network: network.yaml\norganisation: kraken\nplatform: zcu104\n"
                           "kraken: {{processing_elements: [4, 12], frequency_mhz: 200, "
                           "max_kernel_size: 5, batch: {}, processor: {{{}}}}}\n"
                           "stimulus: {{frames: {}}}\n",
                           batch, processor, batch * batches));
    return run(load(directory_ / "scenario.yaml"));
  }

  /// The block `cycles`; what takes no time is left out.
  static std::string text(const Costs& c) {
    const std::pair<const char*, double> all[] = {
        {"sum", c.sum},   {"bias", c.bias},  {"activation", c.activation},
        {"add", c.add},   {"pool", c.pool},  {"softmax", c.softmax},
        {"tile", c.tile}, {"other", c.other}};
    std::string text;
    for (const auto& [key, value] : all) {
      if (value > 0) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, value);
    }
    return "cycles: {" + text + "}";
  }

  const TemporaryDirectory directory_;
};

/// [cycles] of each layer, then before the first one, of a batch of one frame.
std::vector<std::uint64_t> closed_form(const Costs& c) {
  const double edge = 2;  // rows below a block, of kernels of 5 at most
  const double pixels = 6 * 5;
  // What the engine reads: blocks x columns x channels x rows.
  const double tile0 = 2 * 5 * 3 * (4 + edge);
  const double tile1 = 2 * 5 * 8 * 4;
  const double tile_fc = 1 * 1 * 96 * 4;  // both of 3 x 2 x 8
  // What it gives: iterations x blocks x columns x groups x rows.
  const double sums0 = 2 * 2 * 5 * 4 * 4;
  const double sums1 = 1 * 2 * 5 * 12 * 4;
  const double sums_fc = 1 * 1 * 1 * 12 * 4;
  const double conv0 = c.sum * sums0 + c.activation * pixels * 8 + c.tile * tile1;
  const double conv1 = c.sum * sums1 + c.activation * pixels * 8 * 2 + c.add * pixels * 8 +
                       c.pool * pixels * 8 * 2 + c.other * 3 * 2 * 16 + c.tile * tile_fc;
  const double fc = c.sum * sums_fc + c.activation * 5 + c.softmax * 5;
  const double before = c.bias * pixels * 3 + c.activation * pixels * 3 + c.tile * tile0;
  std::vector<std::uint64_t> cycles;
  for (const double each : {conv0, conv1, fc, before}) {
    cycles.push_back(static_cast<std::uint64_t>(std::ceil(each)));
  }
  return cycles;
}

std::vector<std::uint64_t> cycles_of(const Result& result) {
  std::vector<std::uint64_t> cycles;
  for (const KrakenLayerResult& layer : result.kraken.value().layers) {
    cycles.push_back(layer.figures.processor_cycles);
  }
  cycles.push_back(result.kraken.value().processor_before);
  return cycles;
}

std::uint64_t total(const std::vector<std::uint64_t>& cycles) {
  std::uint64_t sum = 0;
  for (const std::uint64_t each : cycles) sum += each;
  return sum;
}

TEST_F(KrakenProcessorCosts, AreWordsTimesCycles) {
  Costs all{0.5, 2, 1.25, 3, 0.75, 10, 1.5, 4};
  EXPECT_EQ(cycles_of(run_with(text(all))), closed_form(all));
  // One by one: what is not given takes no time.
  double Costs::*const each[] = {&Costs::sum,  &Costs::bias,    &Costs::activation, &Costs::add,
                                 &Costs::pool, &Costs::softmax, &Costs::tile,       &Costs::other};
  for (double Costs::*const cost : each) {
    Costs one;
    one.*cost = 2.5;
    SCOPED_TRACE(text(one));
    EXPECT_EQ(cycles_of(run_with(text(one))), closed_form(one));
  }
}

TEST_F(KrakenProcessorCosts, WithoutThemTheProcessorTakesNoTime) {
  const Result result = run_with("");
  EXPECT_EQ(total(cycles_of(result)), 0u);
  for (const KrakenLayerResult& layer : result.kraken.value().layers) {
    EXPECT_LE(layer.figures.clocks.processor, 40u) << layer.name;
  }
}

/// Before the first layer nobody else works.
TEST_F(KrakenProcessorCosts, BeforeTheFirstLayerComeOnTop) {
  // The first weights come meanwhile.
  const std::uint64_t some = run_with("cycles: {bias: 7}").total_cycles;
  EXPECT_EQ(run_with("cycles: {bias: 17}").total_cycles, some + 10 * 6 * 5 * 3);
}

TEST_F(KrakenProcessorCosts, MakeTheRunSlowerByAtMostTheirSum) {
  const std::uint64_t without = run_with("").total_cycles;
  Costs costs{4, 4, 4, 4, 4, 4, 4, 4};
  const Result result = run_with(text(costs));
  const std::uint64_t work = total(closed_form(costs));
  EXPECT_LE(result.total_cycles, without + work);
  // The engine works at most one layer's clocks beside it.
  EXPECT_GE(result.total_cycles, work);
  std::uint64_t waits = 0;
  for (const KrakenLayerResult& layer : result.kraken.value().layers) {
    waits += layer.figures.clocks.processor;
    EXPECT_EQ(layer.bound, "processor") << layer.name;
  }
  EXPECT_GE(waits, work * 8 / 10);
  EXPECT_LE(waits, result.total_cycles);
}

TEST_F(KrakenProcessorCosts, ScaleWithTheClocks) {
  Costs costs;
  costs.sum = 3;
  costs.tile = 1;
  const auto with_clock = [&](double mhz) {
    return cycles_of(run_with(fmt::format("clock_mhz: {}, ", mhz) + text(costs)));
  };
  const auto scaled = [&](double factor) {
    Costs engine;
    engine.sum = costs.sum * factor;
    engine.tile = costs.tile * factor;
    return closed_form(engine);
  };
  EXPECT_EQ(with_clock(200), scaled(1));  // the engine's
  EXPECT_EQ(with_clock(800), scaled(0.25));
  EXPECT_EQ(with_clock(100), scaled(2));
}

TEST_F(KrakenProcessorCosts, OfAFrameAreThoseOfEveryOneInABatch) {
  Costs costs;
  costs.activation = 2;
  costs.add = 1;
  const std::vector<std::uint64_t> one = closed_form(costs);
  const std::vector<std::uint64_t> three = cycles_of(run_with(text(costs), 3, 2));
  ASSERT_EQ(three.size(), one.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(three[i], 3 * one[i]) << i;
}

}  // namespace
}  // namespace qnnsim::test
