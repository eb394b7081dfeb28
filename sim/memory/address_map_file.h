// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/memory/dram_spec.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// The address map at `key`, which must be there: the name of one, a list of its parts from the
/// most significant on, or the bits of each field. The counts of `spec` say how many bits a field
/// has.
AddressMap read_address_map(YamlReader& reader, std::string_view key, const DramSpec& spec);

/// Names of maps that fit every DRAM.
std::vector<std::string> address_map_names();

}  // namespace qnnsim
