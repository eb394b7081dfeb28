// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/finn_file.h"
#include "sim/finn_graph.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

struct Scenario;

/// What a scenario takes from the FINN file that it names.
enum class FinnTake {
  kAll,      ///< the folding and the FIFO depths
  kFolding,  ///< the folding
  kNames,    ///< nothing but the names of the nodes, for the way out
};

/// The value of `folding.finn`.
struct FinnChoice {
  std::string path;
  Place place;
  FinnTake take = FinnTake::kAll;
  std::vector<std::pair<PlacedText, PlacedText>> nodes;  ///< node and kernel, or layer, or `none`
};

/// A FINN folding configuration, and which of our kernels its nodes are.
struct FinnFolding {
  FinnChoice choice;
  FinnFile file;
  std::map<std::string, std::string> kernels;  ///< by node
  std::set<std::string> inner;                 ///< see FinnDifferences
  std::vector<std::string> kept;               ///< nodes that are nothing here
  /// Kernels and attributes ("PE") of which the file does not say what they are.
  std::set<std::pair<std::string, std::string>> overridden;

  FinnDifferences differences() const;
};

/// Reads `folding.finn`: the path of a file, or {file, take, nodes}.
FinnChoice read_finn_choice(const YamlPtr& value, const Findings& findings);

/// The same as YAML in one line, with the path as it leads from the working directory.
std::string finn_choice_yaml(const FinnChoice& choice, FinnTake take);

/// Puts the file into the folding and the FIFO depths of `scenario`: what the scenario says itself
/// wins, but for `default`. Nodes that cannot be mapped and values that are not legal go to
/// `findings`.
void import_finn(FinnChoice choice, Scenario& scenario, Findings& findings);

}  // namespace qnnsim
