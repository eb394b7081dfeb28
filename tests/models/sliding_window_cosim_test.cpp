// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/sliding_window_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(
    SlidingWindow, KernelCosim,
    testing::Values(CosimCases{"Standard", 10, standard}, CosimCases{"Strided", 10, strided},
                    CosimCases{"Dilated", 10, dilated}, CosimCases{"Grouped", 10, grouped},
                    CosimCases{"Depthwise", 8, depthwise},
                    CosimCases{"WholeWindowAtOnce", 12, whole_window_at_once},
                    CosimCases{"WindowsSideBySide", 12, windows_side_by_side}));

}  // namespace qnnsim::test
