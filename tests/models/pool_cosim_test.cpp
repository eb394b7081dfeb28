// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/pool_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Pool, KernelCosim,
                         testing::Values(CosimCases{"PositionByPosition", 16, position_by_position},
                                         CosimCases{"WholeWindowAtOnce", 16,
                                                    whole_window_at_once}));

}  // namespace qnnsim::test
