// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/yaml_value.h"

namespace qnnsim {

/// One node of a FINN folding configuration, "MVAU_hls_3": its values are not yet looked at.
struct FinnNode {
  std::string name;
  std::string op;          ///< "MVAU": without back end, old names as FINN calls them today
  std::string backend;     ///< "hls", "rtl" or nothing
  std::size_t number = 0;  ///< among the nodes of its op and back end, in FINN's order
  Place place;             ///< of the name
  YamlPtr attributes;      ///< a map
};

/// A member of "Defaults": what FINN gives nodes of some op types ahead of their own values.
struct FinnDefault {
  std::string attribute;
  YamlPtr value;
  std::vector<std::string> ops;  ///< "MVAU_hls", "all"
};

/// A FINN folding configuration (`folding_config_file` of its builder).
struct FinnFile {
  std::string path;
  nlohmann::ordered_json json;  ///< as it stands
  std::vector<FinnNode> nodes;  ///< `<op>_<number>`, in the order of the file
  std::vector<FinnDefault> defaults;
  std::vector<std::string> others;  ///< names that are no `<op>_<number>`
};

/// Reads such a file. What is wrong goes to `findings`, with lines and columns; a file that cannot
/// be read is a finding at `named_at`. Nothing where it is no JSON.
std::optional<FinnFile> load_finn_file(const std::string& path, const Place& named_at,
                                       Findings& findings);

/// The attribute of `node`, or what "Defaults" has for it; nullptr where neither says anything.
const YamlValue* find_attribute(const FinnFile& file, const FinnNode& node,
                                const std::string& attribute);

}  // namespace qnnsim
