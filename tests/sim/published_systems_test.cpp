// SPDX-License-Identifier: Apache-2.0
//
// The published systems: wherever FIFOs do not limit it, the steady-state interval is the closed
// form of the bottleneck layer. The expected figures were computed by hand from the published
// foldings: (MH/PE)(MW/SIMD) output pixels for matrix units, C k^2/PE output pixels for depthwise
// and pooling.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

struct System {
  const char* scenario;
  const char* bottleneck;
  std::uint64_t cycles;  ///< [cycles per frame]
  const char* formula;
  std::uint64_t frames = 4;  ///< until the steady state
};

void PrintTo(const System& system, std::ostream* out) { *out << system.scenario; }

class PublishedSystems : public testing::TestWithParam<System> {};

TEST_P(PublishedSystems, ReachTheClosedFormOfTheBottleneckWithDeepFifos) {
  const System& system = GetParam();
  Scenario scenario = load("scenarios/" + std::string(system.scenario) + ".yaml",
                           {"stimulus.frames=" + std::to_string(system.frames)});
  scenario.default_depth = std::uint64_t{1} << 30;
  scenario.edges.clear();
  const Result result = run(scenario);
  ASSERT_EQ(result.status, RunStatus::kDone);
  ASSERT_TRUE(result.interval);
  std::printf("%s: expected %llu (%s), measured %llu cycles a frame, tolerance 0\n",
              system.scenario, static_cast<unsigned long long>(system.cycles), system.formula,
              static_cast<unsigned long long>(*result.interval));
  EXPECT_EQ(*result.interval, system.cycles);
  EXPECT_EQ(result.bottleneck, system.bottleneck);
  std::uint64_t slowest = 0;
  for (const KernelResult& kernel : result.kernels) {
    slowest = std::max(slowest, kernel.frame_interval);
  }
  EXPECT_EQ(slowest, system.cycles);
}

TEST_P(PublishedSystems, RunAsPublishedWithoutDeadlock) {
  const System& system = GetParam();
  const Result result =
      run(load("scenarios/" + std::string(system.scenario) + ".yaml", {"stimulus.frames=2"}));
  EXPECT_EQ(result.status, RunStatus::kDone);
  EXPECT_GE(*result.interval, system.cycles);
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios, PublishedSystems,
    testing::Values(System{"first-look", "conv0.mvu", 192, "18/6 * 4/1 * 4*4"},
                    System{"tfc-w1a1-pynq", "source", 98, "784 / 8 elements a beat"},
                    System{"tfc-w1a1-zcu104", "source", 98, "784 / 8 elements a beat"},
                    System{"cnv-w1a1-pynq", "fc0.mvu", 32768, "256/4 * 512/1"},
                    System{"cnv-w1a1-zcu104", "fc0.mvu", 32768, "256/4 * 512/1"},
                    System{"cnv-w2a2-pynq", "conv3.mvu", 115200, "1152/16 * 128/8 * 10*10"},
                    System{"kws-mlp-w3a3-pynq", "fc0.mvu", 392, "490/10 * 256/32"},
                    System{"vgg10-radioml-zcu104", "conv1.mvu", 4096, "192/96 * 64/16 * 512"}),
    [](const auto& info) {
      std::string name = info.param.scenario;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

INSTANTIATE_TEST_SUITE_P(
    LargeScenarios, PublishedSystems,
    testing::Values(System{"mobilenet-v1-zcu104", "act0.threshold_dwc", 394272, "111*111*32 / 1"},
                    System{"mobilenet-v1-u250", "conv0.swg", 111325,
                           "111*111*9 and 436 of refill between frames"},
                    System{"resnet50-w1a2-u250", "res2a_2b.mvu", 903168, "576/64 * 64/2 * 56*56"},
                    System{"resnet50-pynq-u250", "res2a_2b.mvu", 56448, "576/64 * 64/32 * 56*56",
                           6}),
    [](const auto& info) {
      std::string name = info.param.scenario;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace qnnsim::test
