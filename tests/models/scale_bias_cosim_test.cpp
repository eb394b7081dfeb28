// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/scale_bias_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(ScaleBias, KernelCosim,
                         testing::Values(CosimCases{"AnyFolding", 20, any_folding}));

}  // namespace qnnsim::test
