// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/vvu_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Vvu, KernelCosim,
                         testing::Values(CosimCases{"OwnWeights", 12, own_weights},
                                         CosimCases{"StreamedWeights", 10, with_streamed_weights}));

}  // namespace qnnsim::test
