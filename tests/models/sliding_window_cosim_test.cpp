// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/sliding_window_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(SlidingWindow, KernelCosim,
                         testing::Values(CosimCases{"Standard", 8, standard},
                                         CosimCases{"Strided", 8, strided},
                                         CosimCases{"Dilated", 8, dilated},
                                         CosimCases{"Grouped", 8, grouped},
                                         CosimCases{"Depthwise", 8, depthwise},
                                         CosimCases{"WholeWindowAtOnce", 8, whole_window_at_once},
                                         CosimCases{"WindowsSideBySide", 8, windows_side_by_side}));

}  // namespace qnnsim::test
