// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "models/tensor.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// Reads an array of integers from a NumPy file, format 1, 2 or 3 (numpy.lib.format):
/// little-endian, in C order, of dtype b1, i1..i8 or u1..u8, or of f4 or f8 where every value is
/// integral. A file that is anything else, or a value that 32 bits do not hold, is a finding in the
/// file; one that cannot be read is a finding at `named_at`.
std::optional<Constant> load_npy(const std::string& path, const Place& named_at,
                                 Findings& findings);
std::optional<Constant> load_npy(const std::string& path, Findings& findings);

/// "[64, 3, 3, 3]".
std::string shape_text(const std::vector<int>& shape);

/// The index of element number `position` of a row-major array: "[0, 2, 1]".
std::string index_text(const std::vector<int>& shape, std::size_t position);

}  // namespace qnnsim
