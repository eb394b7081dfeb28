// SPDX-License-Identifier: Apache-2.0
#include "tests/models/add_cases.h"
#include "tests/models/kernel_cosim.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Add, KernelCosim,
                         testing::Values(CosimCases{"TwoToFiveInputs", 20, two_to_five_inputs}));

}  // namespace qnnsim::test
