// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_cosim.h"
#include "tests/models/mvu_cases.h"

namespace qnnsim::test {

INSTANTIATE_TEST_SUITE_P(Mvu, KernelCosim,
                         testing::Values(CosimCases{"AllRowsAtOnce", 8, all_rows_at_once},
                                         CosimCases{"RowsInTurn", 8, rows_in_turn},
                                         CosimCases{"Groups", 8, groups},
                                         CosimCases{"VectorsSideBySide", 7, vectors_side_by_side},
                                         CosimCases{"StreamedWeights", 8, streamed_weights},
                                         CosimCases{"TiledVectors", 10, tiled_vectors}));

}  // namespace qnnsim::test
