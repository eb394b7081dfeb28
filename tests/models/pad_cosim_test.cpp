// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/pad_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Pad, KernelCosim,
                         testing::Values(CosimCases{"AnyBorder", 24, any_border}));

}  // namespace qnnsim::test
