// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/json_lines.h"
#include "analysis/sweep/crew.h"
#include "analysis/sweep/study.h"

namespace qnnsim {

/// What is known of a point that has been run.
struct PointRecord {
  std::string reason;  ///< why it failed, in one line; empty of a point that is done
  std::vector<nlohmann::ordered_json> values;  ///< one a column; null where the result has none

  bool done() const { return reason.empty(); }
};

/// The points of a study that have been run, in a file with one line a point that grows as they
/// end: however the sweep ends, the next one goes on from there (docs/sweep.md).
class Journal {
 public:
  /// Opens the journal in `directory`, making both where they are not there; `anew` drops what
  /// stands in it. A last line that was cut is dropped. Throws InputError if the journal cannot be
  /// gone on with: it is not of this study, or something that it names has changed. Throws
  /// OutputError.
  Journal(const std::string& directory, const Study& study, bool anew);

  /// nullptr if the point has not been run.
  const PointRecord* find(const SweepPoint& point) const;
  /// Writes the outcome down, on the disk, before it returns. Throws OutputError.
  void add(const SweepPoint& point, const PointOutcome& outcome);
  /// Columns that some result has.
  const std::set<std::string>& columns_seen() const { return columns_seen_; }

 private:
  /// Is there a header that names every input? The last one counts.
  bool read(const Study& study, const std::map<std::string, std::string>& digests);
  void read_entry(const nlohmann::ordered_json& entry);

  JsonLines file_;
  const std::vector<std::string> columns_;
  std::map<std::string, PointRecord> records_;  ///< by the id of the point
  std::set<std::string> columns_seen_;
};

/// What stands in `json` behind a path of keys joined by dots; in a list the key is the `name` of
/// an item or its index. nullptr if there is nothing.
const nlohmann::ordered_json* value_at(const nlohmann::ordered_json& json, std::string_view path);

}  // namespace qnnsim
