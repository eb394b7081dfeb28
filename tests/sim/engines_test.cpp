// SPDX-License-Identifier: Apache-2.0
//
// Both engines, and both orders of evaluation within a cycle, give the same counts. SystemC
// elaborates once a program: no test here runs it twice.
#include <gtest/gtest.h>

#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

struct Case {
  const char* scenario;
  std::vector<std::string> settings;
};

void PrintTo(const Case& system, std::ostream* out) {
  *out << system.scenario;
  for (const std::string& setting : system.settings) *out << ' ' << setting;
}

class Engines : public testing::TestWithParam<Case> {
 protected:
  Scenario scenario_ =
      load("scenarios/" + std::string(GetParam().scenario) + ".yaml", GetParam().settings);
};

TEST_P(Engines, SystemcAndThePlainLoopCountTheSame) {
  expect_same_counts(run(scenario_, Engine::kSystemc), run(scenario_, Engine::kFast));
}

Cycle run_in_order(const Scenario& scenario, bool systemc, ProcessOrder order,
                   std::vector<Cycle>& frame_ends) {
  Simulation simulation(prepare(scenario).dataflow, {});
  systemc ? run_systemc(simulation, scenario.clock_mhz, order) : run_cycles(simulation, order);
  frame_ends = simulation.dataflow().sink().frame_ends();
  return simulation.now();
}

TEST_P(Engines, TheOrderOfEvaluationChangesNothing) {
  std::vector<Cycle> forward;
  std::vector<Cycle> reverse;
  std::vector<Cycle> systemc_reverse;
  const Cycle cycles = run_in_order(scenario_, false, ProcessOrder::kForward, forward);
  EXPECT_EQ(run_in_order(scenario_, false, ProcessOrder::kReverse, reverse), cycles);
  EXPECT_EQ(run_in_order(scenario_, true, ProcessOrder::kReverse, systemc_reverse), cycles);
  EXPECT_EQ(forward, reverse);
  EXPECT_EQ(forward, systemc_reverse);
}

const std::vector<std::string> kStalls = {"stimulus.source={stall_probability: 0.4}",
                                          "stimulus.sink={stall_probability: 0.3}",
                                          "record={occupancy_histogram: true}"};

INSTANTIATE_TEST_SUITE_P(
    Scenarios, Engines,
    testing::Values(Case{"first-look", {}}, Case{"first-look", kStalls},
                    Case{"first-look", {"fifos.default_depth=1"}}, Case{"tfc-w1a1-pynq", kStalls},
                    Case{"cnv-w1a1-pynq", {}}, Case{"cnv-w1a1-pynq", kStalls},
                    Case{"kws-mlp-w3a3-pynq",
                         {"stimulus.sink={stall_cycles: traces/ddr4-refresh-100mhz.stalls}"}},
                    Case{"cnv-w2a2-pynq", {}}, Case{"kws-mlp-w3a3-pynq", kStalls},
                    Case{"vgg10-radioml-zcu104", kStalls},
                    Case{"mobilenet-v1-u250", {"stimulus.frames=1"}},
                    Case{"mobilenet-v1-zcu104", {"stimulus.frames=1"}},
                    Case{"resnet50-pynq-u250", {"stimulus.frames=2"}},
                    Case{"resnet50-w1a2-u250", {"stimulus.frames=1"}},
                    Case{"first-look", {"kernels=finn-0.10"}},
                    Case{"cnv-w2a2-pynq", {"kernels=finn-dev", "stimulus.frames=2"}},
                    Case{"vgg10-radioml-zcu104", {"kernels=finn-0.10", "stimulus.frames=2"}},
                    Case{"mobilenet-v1-zcu104", {"kernels=finn-dev", "stimulus.frames=1"}},
                    Case{"tfc-w1a1-pynq-dma", kStalls},
                    Case{"resnet50-pynq-u250-ddr", {"stimulus.frames=2"}}),
    [](const auto& info) {
      std::string name = info.param.scenario + std::string("_") + std::to_string(info.index);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace qnnsim::test
