// SPDX-License-Identifier: Apache-2.0
//
// What holds for every kernel, whatever it computes. A block's test instantiates the suite
// `Kernels` with its kinds of cases.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// Parameter sets of one kind.
struct KernelCases {
  const char* name;
  int count;
  KernelCase (*draw)(Draw& draw);
};

void PrintTo(const KernelCases& cases, std::ostream* out);

class Kernels : public testing::TestWithParam<KernelCases> {
 protected:
  /// Calls `check(case, draw)` for every parameter set, up to the first that fails.
  template <typename Check>
  void for_every_case(Check check) {
    for (int seed = 1; seed <= GetParam().count && !HasFailure(); ++seed) {
      Draw draw(seed);
      const KernelCase c = GetParam().draw(draw);
      SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.parameters);
      check(c, draw);
    }
  }
};

}  // namespace qnnsim::test
