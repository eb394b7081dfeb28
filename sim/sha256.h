// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qnnsim {

/// The SHA-256 digest of `bytes` in 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace qnnsim
