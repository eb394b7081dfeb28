// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/pressure.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// Reads what makes a port stall: at most one of `interval`, `stall_probability` and
/// `stall_cycles`. `seed` is for the random kind.
Pressure read_pressure(YamlReader& reader, std::uint64_t seed, Findings& findings);

}  // namespace qnnsim
