// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/json_lines.h"
#include "analysis/optimise/round.h"

namespace qnnsim {

/// The rounds that have ended, in a file of one line a round. Rounds of other inputs, options or
/// versions may stand between them: each line has the key of its own.
class RoundsJournal {
 public:
  /// Opens the file `path`; `anew` drops what stands in it. Throws InputError if it is no journal
  /// of rounds, or another program has it; and OutputError.
  RoundsJournal(const std::string& path, std::string key, bool anew);

  /// The round that has done `task`; nothing if none has.
  std::optional<OptimiseRound> find(const RoundTask& task) const;
  /// Writes the round down, on the disk, before it returns. Throws OutputError.
  void add(const OptimiseRound& round);

 private:
  JsonLines file_;
  const std::string key_;
  std::vector<OptimiseRound> rounds_;
};

/// What decides how a round does its task: digest of the scenario file `path` with `settings`, of
/// all files that these name, of the options and of the program's version.
std::string rounds_key(const std::string& path, const std::vector<std::string>& settings,
                       const FoldingOptions& options);

}  // namespace qnnsim
