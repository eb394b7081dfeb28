// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/upsample_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Upsample, KernelCosim,
                         testing::Values(CosimCases{"AnyScale", 24, any_scale}));

}  // namespace qnnsim::test
