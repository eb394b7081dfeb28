// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/settings.h"

namespace qnnsim {

/// One run of the program, with values of its own.
struct SweepPoint {
  std::string id;                      ///< digest of `arguments`
  std::string scenario;                ///< relative to the study
  std::vector<Setting> settings;       ///< those of the grid or the list
  std::vector<std::string> arguments;  ///< of the program, from the verb on
};

/// Many runs of one verb, and what of their results goes into a table (docs/sweep.md).
struct Study {
  std::string name;
  std::string path;
  std::string directory;             ///< of the file; points run here, so paths are relative to it
  std::string verb;                  ///< run, size or fold
  std::vector<Setting> fixed;        ///< for every point; the values of a point win
  std::vector<std::string> keys;     ///< that points set, in the order of the file
  std::vector<std::string> columns;  ///< paths into a result: "resources.lut"
  std::vector<SweepPoint> points;    ///< all different; the grid's first, its last key fastest
};

/// The long options of a verb, without dashes.
using VerbOptions = std::function<std::vector<std::string>(const std::string& verb)>;

/// Reads a study file. What is wrong goes to `findings`; the study is then incomplete.
Study load_study(const std::string& path, const VerbOptions& options, Findings& findings);

/// Loads the points' scenarios until one is right. Where none is, the sweep would give nothing:
/// what is wrong with the first goes to `findings`.
void check_points(const Study& study, Findings& findings);

/// Digests of the scenarios (with what they extend) and the networks that points name, by their
/// paths relative to the study. Files that cannot be read are left out.
std::map<std::string, std::string> input_digests(const Study& study);

}  // namespace qnnsim
