// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/width_converter_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(WidthConverter, KernelCosim,
                         testing::Values(CosimCases{"AnyRatio", 24, any_ratio}));

}  // namespace qnnsim::test
