// SPDX-License-Identifier: Apache-2.0
#include "tests/models/fork_cases.h"
#include "tests/models/kernel_cosim.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Fork, KernelCosim,
                         testing::Values(CosimCases{"TwoToFiveBranches", 20,
                                                    two_to_five_branches}));

}  // namespace qnnsim::test
