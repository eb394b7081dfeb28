// SPDX-License-Identifier: Apache-2.0
#include "tests/models/axi_cases.h"
#include "tests/models/kernel_cosim.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(AxiWriter, KernelCosim,
                         testing::Values(CosimCases{"AnyTransfer", 24, any_write}));

}  // namespace qnnsim::test
