// SPDX-License-Identifier: Apache-2.0
#include "tests/models/mvu_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Mvu, Kernels,
                         testing::Values(KernelCases{"AllRowsAtOnce", 150, all_rows_at_once},
                                         KernelCases{"RowsInTurn", 150, rows_in_turn},
                                         KernelCases{"Groups", 100, groups},
                                         KernelCases{"VectorsSideBySide", 100,
                                                     vectors_side_by_side},
                                         KernelCases{"StreamedWeights", 150, streamed_weights},
                                         KernelCases{"TiledVectors", 200, tiled_vectors}));

TEST(Mvu, CountsTheMultiplicationsOfAFrame) {
  MvuParams p;
  p.rows = 6;
  p.columns = 10;
  p.groups = 2;
  p.vectors = 8;
  EXPECT_EQ(Mvu(p).macs(), 8u * 6 * 10);
  p.groups = 1;
  p.pe = 6;
  p.mmv = 3;
  EXPECT_EQ(Mvu(p).macs(), 8u * 3 * 6 * 10);
}

TEST(Mvu, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      MvuParams p;
      p.rows = 6;
      p.columns = 10;
      p.vectors = 4;
      change(p);
      Mvu mvu(p);
    };
  };
  expect_refused("rows", with([](MvuParams& p) { p.rows = 0; }));
  expect_refused("columns", with([](MvuParams& p) { p.columns = -1; }));
  expect_refused("pe 4", with([](MvuParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](MvuParams& p) { p.pe = 0; }));
  expect_refused("simd 3", with([](MvuParams& p) { p.simd = 3; }));
  expect_refused("simd 0", with([](MvuParams& p) { p.simd = 0; }));
  expect_refused("groups", with([](MvuParams& p) { p.groups = 3; }));
  expect_refused("groups", with([](MvuParams& p) { p.groups = 0; }));
  expect_refused("mmv 2", with([](MvuParams& p) { p.mmv = 2; }));
  expect_refused("mmv 0", with([](MvuParams& p) { p.mmv = 0; }));
  expect_refused("vectors", with([](MvuParams& p) { p.vectors = 0; }));
  expect_refused("tile 0", with([](MvuParams& p) { p.tile = 0; }));
  expect_refused("tile 2", with([](MvuParams& p) { p.tile = 2; }));
  expect_refused("tile 2",
                 with([](MvuParams& p) { p.tile = p.groups = 2, p.weight_stream = true; }));
  expect_refused("tile 3", with([](MvuParams& p) { p.tile = 3, p.weight_stream = true; }));
  expect_refused("tile 6", with([](MvuParams& p) { p.tile = 6, p.weight_stream = true; }));
}

TEST(Mvu, RefusesTheWrongNumberOfWeights) {
  MvuParams p;
  p.rows = 2;
  p.columns = 3;
  Mvu mvu(p, {1, 1, 1, 1, 1});
  expect_refused("weights", [&] { mvu.rtl(); });
  expect_refused("weights", [&] { mvu.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
