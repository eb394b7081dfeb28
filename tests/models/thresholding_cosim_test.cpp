// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/thresholding_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Thresholding, KernelCosim,
                         testing::Values(CosimCases{"Bipolar", 7, to_bipolar},
                                         CosimCases{"Signed", 7, to_signed},
                                         CosimCases{"Unsigned", 7, to_unsigned},
                                         CosimCases{"AnySteps", 14, any_steps}));

}  // namespace qnnsim::test
