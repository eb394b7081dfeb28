// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/resources.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// A kernel as Yosys made it: a row of configs/costs/measurements.csv.
struct ResourceMeasurement {
  std::string block;
  std::string family;      ///< "xc7" or "xcup"
  std::string parameters;  ///< of its module
  Traits traits;
  std::vector<KernelMemory> memories;
  Resources logic;   ///< LUTs with shift registers and inverters, without distributed RAM
  Resources memory;  ///< distributed RAM and RAM blocks
};

/// What the resources of a block are sums of: formulas over its traits.
struct ResourceFeatures {
  std::string block;
  std::vector<std::string> lut;
  std::vector<std::string> ff;
  std::vector<std::string> dsp;
};

/// How far a model is from points that it was not fitted to (each left out once).
struct FitError {
  double mean_percent = 0;   ///< of the absolute errors, of all that the kernel takes
  double worst_percent = 0;  ///< the greatest of them
  double r2 = 0;             ///< share of the variance that the model explains
};

/// The fit of one resource of a block.
struct ResourceFit {
  std::vector<std::pair<std::string, double>> terms;  ///< formula and factor, above 0
  FitError error;
};

struct BlockFit {
  std::string block;
  std::string family;
  std::size_t points = 0;
  std::size_t stand_ins = 0;  ///< points of the other family, where this one lacks them
  std::optional<ResourceFit> lut, ff, dsp;
};

std::vector<ResourceMeasurement> read_measurements(const std::string& csv_text);
/// Reads scripts/resource_features.yaml.
std::vector<ResourceFeatures> load_features(const std::string& path, Findings& findings);

/// What the formulas have to explain: what Yosys counted, less what the rules say of memories
/// (models/memory_blocks.h) and of DSP slices.
Resources to_be_explained(const ResourceMeasurement& measurement);

/// Non-negative least squares of the relative error, without an intercept.
std::vector<BlockFit> fit(const std::vector<ResourceMeasurement>& measurements,
                          const std::vector<ResourceFeatures>& features);

/// configs/costs/measured.yaml.
std::string to_yaml(const std::vector<BlockFit>& fits);
/// The table of docs/resources.md.
std::string error_table(const std::vector<BlockFit>& fits);

}  // namespace qnnsim
