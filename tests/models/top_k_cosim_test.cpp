// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/top_k_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(TopK, KernelCosim, testing::Values(CosimCases{"AnyCount", 24, any_count}));

}  // namespace qnnsim::test
