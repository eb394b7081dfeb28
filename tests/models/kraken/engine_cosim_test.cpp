// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/kraken/kraken_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(KrakenEngine, KernelCosim,
                         testing::Values(CosimCases{"AnyProgram", 6, any_engine}));

}  // namespace qnnsim::test
