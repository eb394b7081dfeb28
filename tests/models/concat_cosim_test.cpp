// SPDX-License-Identifier: Apache-2.0
#include "tests/models/concat_cases.h"
#include "tests/models/kernel_cosim.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Concat, KernelCosim,
                         testing::Values(CosimCases{"TwoToFourInputs", 20, two_to_four_inputs}));

}  // namespace qnnsim::test
