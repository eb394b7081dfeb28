// SPDX-License-Identifier: Apache-2.0
//
// Sized designs with every kernel in RTL beside its model.
#include <gtest/gtest.h>

#include "analysis/sized_run.h"
#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

TEST(SizedRun, EveryKernelInRtlAgreesWithTheSizedDesign) {
  const Scenario scenario = load("scenarios/first-look.yaml");
  Findings findings;
  EXPECT_EQ(check_sized(scenario, size_fifos(scenario, {}, findings), true), "");
}

}  // namespace
}  // namespace qnnsim::test
