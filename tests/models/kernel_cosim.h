// SPDX-License-Identifier: Apache-2.0
//
// What holds between every kernel and its RTL. A block's co-simulation test instantiates the suite
// `KernelCosim` with the kinds of cases that its unit test has.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/cosim/cosim.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// Parameter sets of one kind; every fourth leans to a corner of its parameters.
struct CosimCases {
  const char* name;
  int count;
  KernelCase (*draw)(Draw& draw);
};

void PrintTo(const CosimCases& cases, std::ostream* out);

/// A case with its RTL compiled.
struct CosimCase {
  std::string label;  ///< seed and parameters
  KernelCase kernel;
  CompiledRtl compiled;
};

/// The pressures under which model and RTL are compared.
std::vector<std::pair<std::string, Conditions>> cosim_pressures(const KernelCase& c,
                                                                std::uint64_t seed);

/// Runs model and RTL of a case side by side.
LockstepReport run_lockstep(const CosimCase& cosim, Conditions conditions);

class KernelCosim : public testing::TestWithParam<CosimCases> {
 protected:
  /// Draws all cases and compiles their RTL.
  static std::vector<CosimCase> prepare(const CosimCases& cases);

  static Corner corner(int seed);
};

}  // namespace qnnsim::test
