// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "analysis/folding/fold.h"

namespace qnnsim {

/// Options of verbs that fold: for which platform, how much of it, which memory, how long.
void add_folding_options(CLI::App& verb, FoldingOptions& folding);

}  // namespace qnnsim
