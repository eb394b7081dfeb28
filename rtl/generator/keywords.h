// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qnnsim {

/// Is `word` reserved in SystemVerilog (IEEE 1800-2017, Annex B)?
bool is_keyword(const std::string& word);

}  // namespace qnnsim
