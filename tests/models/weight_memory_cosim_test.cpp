// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/weight_memory_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(WeightMemory, KernelCosim,
                         testing::Values(CosimCases{"AnySize", 20, any_size}));

}  // namespace qnnsim::test
