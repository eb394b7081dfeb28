// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/data_type.h"
#include "models/pressure.h"
#include "sim/cosim/cosim_settings.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// What one stream of a kernel that stands alone is offered, or how its beats are taken.
struct StreamStimulus {
  std::string name;                    ///< of the stream; empty: the next one in order
  std::optional<std::uint64_t> beats;  ///< offered or waited for; nothing: no end
  Pressure pressure;
  std::optional<DataType> type;  ///< of the elements; nothing: TDATA is one word
  std::optional<int> lanes;      ///< [elements per beat]; nothing: as many as TDATA holds
  std::string data_file;         ///< beats of an input; empty: drawn from the seed
  Place place;
  Place data_file_place;
};

/// A kernel in RTL and its stimulus, without a network.
struct KernelFile {
  std::string name;
  std::string path;
  ForeignRtl rtl;
  std::vector<StreamStimulus> inputs;
  std::vector<StreamStimulus> outputs;
  std::optional<std::uint64_t> cycles;  ///< where the run ends at the latest
  std::uint64_t timeout_cycles = 0;     ///< without a beat, until the kernel is taken for stuck
  std::optional<double> clock_mhz;
  std::uint64_t seed = 1;
  Place stimulus_place;
};

/// Is the file `path` a kernel file? Told by its keys: `kernel`, and no `network`.
bool is_kernel_file(const std::string& path);

/// Reads a kernel file (docs/files.md); `settings` as of `load_scenario`. What is wrong goes to
/// `findings`.
KernelFile load_kernel_file(const std::string& path, const std::vector<std::string>& settings,
                            Findings& findings);

}  // namespace qnnsim
