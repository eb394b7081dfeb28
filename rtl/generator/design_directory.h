// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "rtl/generator/design_file.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// A finding where `directory` cannot become a design's: it is there and not empty, and either
/// `force` is not given, or it is none that qnnsim has generated.
void check_design_directory(const std::string& directory, bool force, Findings& findings);

/// Writes `files` into a new directory beside `directory` and gives it that name in the end; one
/// that was there goes as a whole. Throws OutputError.
void write_design_directory(const std::string& directory, const std::vector<DesignFile>& files);

}  // namespace qnnsim
