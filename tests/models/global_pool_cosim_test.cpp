// SPDX-License-Identifier: Apache-2.0
#include "tests/models/global_pool_cases.h"
#include "tests/models/kernel_cosim.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(GlobalPool, KernelCosim,
                         testing::Values(CosimCases{"AnyMode", 24, any_mode}));

}  // namespace qnnsim::test
