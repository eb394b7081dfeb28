// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/reorder_buffer_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(ReorderBuffer, KernelCosim,
                         testing::Values(CosimCases{"Repeated", 10, repeated},
                                         CosimCases{"Transposed", 10, transposed},
                                         CosimCases{"AnyNest", 10, any_nest}));

}  // namespace qnnsim::test
