// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/mvu_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Mvu, KernelCosim,
                         testing::Values(CosimCases{"AllRowsAtOnce", 10, all_rows_at_once},
                                         CosimCases{"RowsInTurn", 12, rows_in_turn},
                                         CosimCases{"Groups", 8, groups},
                                         CosimCases{"VectorsSideBySide", 8, vectors_side_by_side},
                                         CosimCases{"StreamedWeights", 10, streamed_weights}));

}  // namespace qnnsim::test
